import { join } from 'node:path'
import { MavenJars } from '../maven-jars.ts'

/** The class path of Kafka, its command line tools among it. */
export const kafkaJars = new MavenJars({ product: 'Kafka', pom: join(import.meta.dirname, 'pom.xml') })
