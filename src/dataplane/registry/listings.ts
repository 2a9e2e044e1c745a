/** Content discovery: tags of a repository, what refers to a manifest, repositories of a registry. */
import type { HttpResponse } from '../../world/net.ts';
import { jsonAnswer } from './answers.ts';
import { digestOf } from './blobs.ts';
import { type Listing, RegistryError } from './contract.ts';
import type { Exchange } from './registry-handler.ts';
import type { ReferrersRoute, RegistryRequest } from './registry-request.ts';

/** What a page holds at most, and where a client does not say: as many as ECR gives. */
const longestPage = 1000;

export async function listTags<Caller>(
  { state, caller }: Exchange<Caller>,
  request: RegistryRequest,
  name: string,
): Promise<HttpResponse> {
  const repository = await state.repository(caller, name, 'ListImages');
  const page = readPage(request);
  const listing = repository.tags(page.after, page.limit);
  return jsonAnswer({ name, tags: listing.names }, nextLink(request, page.limit, listing));
}

export function catalog<Caller>({ state, caller }: Exchange<Caller>, request: RegistryRequest): HttpResponse {
  const page = readPage(request);
  const listing = state.repositories(caller, page.after, page.limit);
  return jsonAnswer({ repositories: listing.names }, nextLink(request, page.limit, listing));
}

export async function listReferrers<Caller>(
  { state, caller }: Exchange<Caller>,
  request: RegistryRequest,
  route: ReferrersRoute,
): Promise<HttpResponse> {
  const digest = digestOf(route.digest);
  const repository = await state.repository(caller, route.name, 'ListImageReferrers');
  const artifactType = request.query.get('artifactType');
  const index = {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: repository.referrers(digest, artifactType),
  };
  return jsonAnswer(index, {
    'content-type': indexType,
    ...(artifactType === undefined ? {} : { 'oci-filters-applied': 'artifactType' }),
  });
}

const indexType = 'application/vnd.oci.image.index.v1+json';

function readPage({ query }: RegistryRequest): { readonly after: string | undefined; readonly limit: number } {
  const asked = query.get('n');
  if (asked !== undefined && !/^\d{1,9}$/.test(asked)) {
    throw new RegistryError('PAGINATION_NUMBER_INVALID', `n is a number from 0, not '${asked.slice(0, 50)}'`);
  }
  return { after: query.get('last'), limit: Math.min(asked === undefined ? longestPage : Number(asked), longestPage) };
}

function nextLink(request: RegistryRequest, limit: number, listing: Listing): Readonly<Record<string, string>> {
  const last = listing.names.at(-1);
  if (!listing.more || last === undefined) return {};
  return { link: `<${request.path}?n=${limit}&last=${encodeURIComponent(last)}>; rel="next"` };
}
