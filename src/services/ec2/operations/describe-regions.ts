import type { DescribeRegionsRequest, DescribeRegionsResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { describe } from '../rules/describe.ts';

/** The region that was asked: a Longshore serves whichever its clients sign for. */
export const describeRegions: Operation<DescribeRegionsRequest, DescribeRegionsResult> = (input, { call }) => {
  const page = describe(
    [call.region],
    { ids: input.RegionNames, filters: input.Filters },
    {
      kind: 'region',
      notFoundCode: 'InvalidParameterValue',
      id: (region) => region,
      filters: {
        'region-name': (region) => region,
        'opt-in-status': () => 'opt-in-not-required',
        endpoint: endpointOf,
      },
    },
  );
  return {
    Regions: page.items.map((region) => ({
      RegionName: region,
      Endpoint: endpointOf(region),
      OptInStatus: 'opt-in-not-required',
    })),
  };
};

function endpointOf(region: string): string {
  return `ec2.${region}.amazonaws.com`;
}
