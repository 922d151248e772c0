import { grown } from './growing.ts'

/** No edge, no bundle: what is there is numbered from 1. */
const NONE = 0
const FIRST_ROOM = 64

/**
 * Directed edges of few kinds between numbered nodes, in columns of integers. The edges out of a node are one list; those
 * into it are one list for each kind, a bundle, so that a hub is asked for one kind without going through the others.
 */
export class Adjacency {
  #count = 0
  // By node: its first edge, and its first bundle.
  #out = new Int32Array(FIRST_ROOM)
  #in = new Int32Array(FIRST_ROOM)
  // By edge.
  #from = new Int32Array(FIRST_ROOM)
  #to = new Int32Array(FIRST_ROOM)
  #nextOut = new Int32Array(FIRST_ROOM)
  #nextIn = new Int32Array(FIRST_ROOM)
  #previousIn = new Int32Array(FIRST_ROOM)
  #kind = new Uint8Array(FIRST_ROOM)
  #edges = 1
  #freeEdge = NONE
  // By bundle.
  #first = new Int32Array(FIRST_ROOM)
  #nextBundle = new Int32Array(FIRST_ROOM)
  #bundleKind = new Uint8Array(FIRST_ROOM)
  #bundles = 1
  #freeBundle = NONE

  /** How many edges there are. */
  get count(): number {
    return this.#count
  }

  add(from: number, to: number, kind: number): void {
    const edge = this.#newEdge()
    this.#out = grown(this.#out, Math.max(from, to) + 1)
    this.#in = grown(this.#in, Math.max(from, to) + 1)
    this.#from[edge] = from
    this.#to[edge] = to
    this.#kind[edge] = kind
    this.#nextOut[edge] = this.#out[from]!
    this.#out[from] = edge
    const bundle = this.#bundleOf(to, kind) || this.#newBundle(to, kind)
    const first = this.#first[bundle]!
    this.#nextIn[edge] = first
    this.#previousIn[edge] = NONE
    if (first !== NONE) this.#previousIn[first] = edge
    this.#first[bundle] = edge
    this.#count += 1
  }

  /** Takes the edges out of a node away from it; `drop` ends them, after its new ones were added. */
  detach(node: number): number {
    const first = this.#out[node] ?? NONE
    if (first !== NONE) this.#out[node] = NONE
    return first
  }

  /** Ends detached edges, and tells of every node that one led to. */
  drop(detached: number, left: (to: number) => void): void {
    for (let edge = detached; edge !== NONE;) {
      const next = this.#nextOut[edge]!
      this.#unlink(edge)
      left(this.#to[edge]!)
      this.#nextOut[edge] = this.#freeEdge
      this.#freeEdge = edge
      this.#count -= 1
      edge = next
    }
  }

  hasIncoming(node: number): boolean {
    return (this.#in[node] ?? NONE) !== NONE
  }

  eachOut(node: number, visit: (to: number, kind: number) => void): void {
    for (let edge = this.#out[node] ?? NONE; edge !== NONE; edge = this.#nextOut[edge]!)
      visit(this.#to[edge]!, this.#kind[edge]!)
  }

  /** The nodes with an edge of this kind to the node, until `visit` answers false. */
  eachIn(node: number, kind: number, visit: (from: number) => boolean | void): void {
    const bundle = this.#bundleOf(node, kind)
    if (bundle === NONE) return
    for (let edge = this.#first[bundle]!; edge !== NONE; edge = this.#nextIn[edge]!)
      if (visit(this.#from[edge]!) === false) return
  }

  #newEdge(): number {
    const free = this.#freeEdge
    if (free !== NONE) {
      this.#freeEdge = this.#nextOut[free]!
      return free
    }
    const edge = this.#edges++
    this.#from = grown(this.#from, edge + 1)
    this.#to = grown(this.#to, edge + 1)
    this.#nextOut = grown(this.#nextOut, edge + 1)
    this.#nextIn = grown(this.#nextIn, edge + 1)
    this.#previousIn = grown(this.#previousIn, edge + 1)
    this.#kind = grown(this.#kind, edge + 1)
    return edge
  }

  #bundleOf(node: number, kind: number): number {
    let bundle = this.#in[node] ?? NONE
    while (bundle !== NONE && this.#bundleKind[bundle] !== kind) bundle = this.#nextBundle[bundle]!
    return bundle
  }

  #newBundle(node: number, kind: number): number {
    let bundle = this.#freeBundle
    if (bundle !== NONE) this.#freeBundle = this.#nextBundle[bundle]!
    else {
      bundle = this.#bundles++
      this.#first = grown(this.#first, bundle + 1)
      this.#nextBundle = grown(this.#nextBundle, bundle + 1)
      this.#bundleKind = grown(this.#bundleKind, bundle + 1)
    }
    this.#first[bundle] = NONE
    this.#bundleKind[bundle] = kind
    this.#nextBundle[bundle] = this.#in[node]!
    this.#in[node] = bundle
    return bundle
  }

  #unlink(edge: number): void {
    const [next, previous] = [this.#nextIn[edge]!, this.#previousIn[edge]!]
    if (next !== NONE) this.#previousIn[next] = previous
    if (previous !== NONE) this.#nextIn[previous] = next
    else {
      const [to, kind] = [this.#to[edge]!, this.#kind[edge]!]
      const bundle = this.#bundleOf(to, kind)
      if (next === NONE) this.#endBundle(to, bundle)
      else this.#first[bundle] = next
    }
  }

  #endBundle(node: number, bundle: number): void {
    const next = this.#nextBundle[bundle]!
    if (this.#in[node] === bundle) this.#in[node] = next
    else {
      let before = this.#in[node]!
      while (this.#nextBundle[before] !== bundle) before = this.#nextBundle[before]!
      this.#nextBundle[before] = next
    }
    this.#nextBundle[bundle] = this.#freeBundle
    this.#freeBundle = bundle
  }
}
