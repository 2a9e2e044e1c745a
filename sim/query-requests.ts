import { AwsError } from '../src/aws/error.ts';
import { createSigner } from '../src/aws/signer.ts';
import { NetError } from '../src/world/net.ts';
import { describe, keys, type System } from './system.ts';

/**
 * Calls IAM or EC2, which speak AWS's query protocols, and repeats the call until it is answered. An error whose code is
 * `allowed` is an answer, too: a repeated request finds what the first has made.
 */
export async function callByQuery(
  system: System,
  service: keyof typeof versions,
  parameters: Readonly<Record<string, string>>,
  allowed: readonly string[] = [],
): Promise<void> {
  const { clientWorld, endpoint, region } = system;
  const sign = createSigner({ ...clientWorld, region, credentials: keys });
  const url = `${endpoint}/`;
  const body = new URLSearchParams({ ...parameters, Version: versions[service] }).toString();
  const plain = { host: endpoint.slice('http://'.length), 'content-type': 'application/x-www-form-urlencoded' };
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const headers = sign({ method: 'POST', url, headers: plain, body, service });
    try {
      const { status, body: answer } = await clientWorld.net.request({ method: 'POST', url, headers, body, timeoutMs });
      const text = new TextDecoder().decode(answer);
      const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? '';
      if (status < 500) {
        if (status !== 200 && !allowed.includes(code))
          system.fail(
            'a right request is not refused',
            `${parameters['Action']} of ${service} gives ${status}: ${text}`,
          );
        return;
      }
    } catch (error) {
      if (!(error instanceof NetError || error instanceof AwsError)) throw new Error(describe(error), { cause: error });
    }
    await clientWorld.clock.sleep(Math.min(5000, 200 * 2 ** Math.min(attempt, 5)));
  }
  system.fail('every request is answered', `${parameters['Action']} of ${service} is not answered`);
}

const versions = { iam: '2010-05-08', ec2: '2016-11-15' } as const;
const timeoutMs = 30_000;
const mostAttempts = 200;
