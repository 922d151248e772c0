import { describe, expect, test } from 'vitest'
import type { DocumentOf } from '../context-graph.ts'
import { clusterExposure } from './cluster.ts'
import { databaseClusterExposure, databaseExposure } from './database.ts'
import { ec2, evaluate, group, rule } from './sample-world.ts'
import type { Documents } from './sample-world.ts'

const DB = 'arn:aws:rds:eu-west-1:111122223333:db:orders'
type DbInstance = DocumentOf<'AWS::RDS::DBInstance'>

const database = (of: Partial<DbInstance> = {}): DbInstance => ({
  type: 'AWS::RDS::DBInstance',
  public: true,
  port: 6000,
  vpc: ec2('vpc/main'),
  zone: 'a',
  subnets: ['public', 'private'].map((name) => ec2(`subnet/${name}`)),
  groups: [ec2('security-group/db')],
  ...of,
})
const OPEN_GROUP: Documents = { [ec2('security-group/db')]: group(rule('tcp', 6000, '0.0.0.0/0')) }
const asked = (document: DbInstance = database(), changes: Documents = OPEN_GROUP) =>
  evaluate(databaseExposure, 'AWS::RDS::DBInstance', DB, { [DB]: document, ...changes })

describe('a database', () => {
  test('that is public, in a public subnet and open is sensitive, whatever its port', () => {
    expect(asked()).toMatchObject({ value: 'internet_sensitive', certainty: 'certain' })
    expect(asked().routes[0]).toMatchObject({ from: 'internet', ports: ['6000'] })
  })

  test('is closed by its flag, its groups, and the routes of its subnet', () => {
    expect(asked(database({ public: false })).closedBy.map(({ text }) => text)).toContain(
      'orders is not publicly accessible',
    )
    expect(asked(database({ public: false })).value).toBe('internal')
    expect(asked(database({ port: 5432 })).value).toBe('none')
    expect(asked(database({ zone: 'b' })).value).toBe('internal')
    const office = { [ec2('security-group/db')]: group(rule('tcp', 6000, '203.0.113.0/24')) }
    expect(asked(database(), office).value).toBe('internet_restricted')
  })

  test('open to IPv6 only is not known, since its network type is not collected', () => {
    const sixOnly = { [ec2('security-group/db')]: group(rule('tcp', 6000, '::/0')) }
    expect(asked(database(), sixOnly)).toMatchObject({ value: undefined, missing: ['network type of orders'] })
    expect(asked(database({ public: false }), sixOnly).value).toBe('none')
  })

  test('in a zone that is not known and a mixed subnet group is reached possibly', () => {
    const { zone: _, ...somewhere } = database()
    expect(asked(somewhere)).toMatchObject({ value: 'internet_sensitive', certainty: 'possible' })
    expect(asked({ ...somewhere, subnets: [ec2('subnet/public')] }).certainty).toBe('certain')
    expect(asked({ ...somewhere, subnets: [ec2('subnet/private')] }).value).toBe('internal')
    expect(asked(database({ zone: 'c' }))).toMatchObject({ value: 'internet_sensitive', certainty: 'possible' })
  })

  test('of which the flag, the port, the subnets or the groups are not known is not known', () => {
    for (const property of ['public', 'port', 'subnets', 'groups']) {
      const left = Object.fromEntries(Object.entries(database()).filter(([key]) => key !== property))
      expect(asked(left as unknown as DbInstance).value, property).toBeUndefined()
    }
  })

  test('cluster is as reachable as the worst of its instances', () => {
    const uid = 'arn:aws:rds:eu-west-1:111122223333:cluster:orders'
    const of = (document: DocumentOf<'AWS::RDS::DBCluster'>, member: DbInstance | undefined) =>
      evaluate(databaseClusterExposure, 'AWS::RDS::DBCluster', uid, { ...OPEN_GROUP, [uid]: document, [DB]: member })
    const cluster: DocumentOf<'AWS::RDS::DBCluster'> = { type: 'AWS::RDS::DBCluster', members: [DB] }
    expect(of(cluster, database()).value).toBe('internet_sensitive')
    expect(of(cluster, undefined).value).toBeUndefined()
    expect(of({ type: 'AWS::RDS::DBCluster' }, database({ cluster: uid })).value).toBe('internet_sensitive')
    expect(of({ ...cluster, members: [] }, undefined).value).toBeUndefined()
  })
})

describe('a Kubernetes cluster', () => {
  const uid = 'arn:aws:eks:eu-west-1:111122223333:cluster/main'
  const of = (document: Partial<DocumentOf<'AWS::EKS::Cluster'>>) =>
    evaluate(clusterExposure, 'AWS::EKS::Cluster', uid, {
      [ec2('security-group/db')]: group(rule('tcp', 443, '10.0.0.0/16')),
      [uid]: {
        type: 'AWS::EKS::Cluster',
        endpointPrivate: true,
        vpc: ec2('vpc/main'),
        subnets: [ec2('subnet/private')],
        groups: [ec2('security-group/db')],
        ...document,
      },
    })

  test('with a public endpoint is open to all where no CIDRs are listed, and it asks for a login', () => {
    expect(of({ endpointPublic: true })).toMatchObject({ value: 'internet', certainty: 'certain' })
    expect(of({ endpointPublic: true, publicCidrs: [] }).value).toBe('internet')
    expect(of({ endpointPublic: true, publicCidrs: ['0.0.0.0/1', '128.0.0.0/1'] }).value).toBe('internet')
  })

  test('is restricted to those that are listed; private ones are not the internet', () => {
    const exposure = of({ endpointPublic: true, publicCidrs: ['203.0.113.7/24'] })
    expect(exposure).toMatchObject({ value: 'internet_restricted', certainty: 'certain' })
    expect(exposure.routes[0]).toMatchObject({ from: '203.0.113.0/24', ports: ['443'] })
    expect(of({ endpointPublic: true, publicCidrs: ['10.0.0.0/8'] }).value).toBe('internal')
    expect(of({ endpointPublic: true, publicCidrs: ['nonsense'] }).value).toBeUndefined()
  })

  test('without a public endpoint is reached from inside, and not known where it is not told', () => {
    expect(of({ endpointPublic: false })).toMatchObject({ value: 'internal', certainty: 'certain' })
    expect(of({ endpointPublic: false, groups: [] }).value).toBe('none')
    expect(of({})).toMatchObject({ value: undefined, missing: ['whether cluster main has a public endpoint'] })
  })
})
