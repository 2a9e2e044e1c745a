import type { DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { type AvailabilityZoneInfo, availabilityZones } from '../default-vpc.ts';
import { type Describable, describe, nothingHas } from '../rules/describe.ts';

export const describeAvailabilityZones: Operation<DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult> = (
  input,
  { call },
) => {
  const zones = availabilityZones(call.region).filter(
    (zone) => !input.ZoneIds?.length || input.ZoneIds.includes(zone.zoneId),
  );
  const page = describe(zones, { ids: input.ZoneNames, filters: input.Filters }, describableZone(call.region));
  return {
    AvailabilityZones: page.items.map((zone) => ({
      ZoneName: zone.zoneName,
      ZoneId: zone.zoneId,
      RegionName: call.region,
      State: 'available',
      OptInStatus: 'opt-in-not-required',
      GroupName: call.region,
      NetworkBorderGroup: call.region,
      ZoneType: 'availability-zone',
      Messages: [],
    })),
  };
};

const describableZone = (region: string): Describable<AvailabilityZoneInfo> => ({
  kind: 'availability zone',
  notFoundCode: 'InvalidParameterValue',
  id: (zone) => zone.zoneName,
  filters: {
    'zone-name': (zone) => zone.zoneName,
    'zone-id': (zone) => zone.zoneId,
    'zone-type': () => 'availability-zone',
    'region-name': () => region,
    'group-name': () => region,
    'opt-in-status': () => 'opt-in-not-required',
    state: () => 'available',
    ...nothingHas('group-long-name', 'message', 'parent-zone-id', 'parent-zone-name'),
  },
});
