import { DescribeRouteTablesCommand, type Route as Ec2Route, type RouteTable as Ec2Table } from '@aws-sdk/client-ec2'
import type { Route, RouteTable } from '../../../schemas/generated/asset-document.ts'
import type { Describer } from '../describer.ts'
import { described, documentOf, tagsOf, type Place } from '../services/facts.ts'
import { ec2Pages } from './ec2-client.ts'
import { uidOf, uidsOf, type Ec2Kind } from './uids.ts'

export const routeTables: Describer = {
  name: 'ec2-route-tables',
  service: 'ec2',
  types: ['AWS::EC2::RouteTable'],
  scope: 'regional',
  permissions: ['ec2:DescribeRouteTables'],
  changedBy: /Route|Gateway|VpcPeeringConnection|VpcEndpoint|Subnet$|Tags$/,
  async *describe(calls) {
    for await (const { RouteTables = [] } of ec2Pages(calls, 'DescribeRouteTables', (ec2, page, options) =>
      ec2.send(new DescribeRouteTablesCommand({ MaxResults: 100, ...page }), options),
    ))
      for (const each of RouteTables)
        yield described(uidOf(calls, 'route-table', each.RouteTableId), documentOfTable(calls, each))
  },
}

function documentOfTable(place: Place, table: Ec2Table): RouteTable {
  const { Associations = [], Routes = [] } = table
  const held = Associations.filter(({ AssociationState: state }) =>
    /^associat(ed|ing)$/.test(state?.State ?? 'associated'),
  )
  const routes = Routes.map((each) => routeOf(place, each))
  return documentOf<RouteTable>({
    type: 'AWS::EC2::RouteTable',
    tags: tagsOf(table.Tags ?? []),
    vpc: uidOf(place, 'vpc', table.VpcId),
    main: held.some(({ Main }) => Main === true),
    subnets: uidsOf(
      place,
      'subnet',
      held.map(({ SubnetId }) => SubnetId),
    ),
    // Where one cannot be read, no other is known to be the most specific one.
    routes: routes.every((each) => each !== undefined) ? routes : undefined,
  })
}

function routeOf(place: Place, route: Ec2Route): Route | undefined {
  const to =
    route.DestinationCidrBlock ??
    route.DestinationIpv6CidrBlock ??
    uidOf(place, 'prefix-list', route.DestinationPrefixListId)
  if (to === undefined) return undefined
  const { via, target } = hopOf(place, route)
  // A route that a route server filters out carries nothing either.
  const state = route.State === undefined || route.State === 'active' ? 'active' : 'blackhole'
  return { to, via, ...(target === undefined ? {} : { target }), state }
}

/** By the beginning of an id, since EC2 has one property for several kinds of gateways. */
const GATEWAYS: readonly (readonly [string, Route['via'], Ec2Kind])[] = [
  ['igw-', 'internet-gateway', 'internet-gateway'],
  ['vgw-', 'vpn-gateway', 'vpn-gateway'],
  ['vpce-', 'vpc-endpoint', 'vpc-endpoint'],
]

function hopOf(place: Place, route: Ec2Route): Pick<Route, 'via' | 'target'> {
  const { GatewayId = '' } = route
  if (GatewayId === 'local') return { via: 'local' }
  const gateway = GATEWAYS.find(([start]) => GatewayId.startsWith(start))
  const known =
    (gateway && hop(place, gateway[1], gateway[2], GatewayId)) ??
    hop(place, 'nat-gateway', 'natgateway', route.NatGatewayId) ??
    hop(place, 'egress-only-internet-gateway', 'egress-only-internet-gateway', route.EgressOnlyInternetGatewayId) ??
    hop(place, 'peering', 'vpc-peering-connection', route.VpcPeeringConnectionId) ??
    hop(place, 'transit-gateway', 'transit-gateway', route.TransitGatewayId) ??
    hop(place, 'carrier-gateway', 'carrier-gateway', route.CarrierGatewayId) ??
    hop(place, 'instance', 'instance', route.InstanceId) ??
    hop(place, 'network-interface', 'network-interface', route.NetworkInterfaceId)
  return known ?? { via: 'other' }
}

function hop(
  place: Place,
  via: Route['via'],
  kind: Ec2Kind,
  id: string | undefined,
): Required<Pick<Route, 'via' | 'target'>> | undefined {
  const target = uidOf(place, kind, id)
  return target === undefined ? undefined : { via, target }
}
