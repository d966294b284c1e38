import { invalid } from './fields.ts'
import type { Route } from './route.ts'
import { ROUTES, VERBS } from './routes.ts'

export interface Found {
  readonly route: Route
  readonly id: string
  readonly verb: string
  readonly place: (word: string) => string
}

/** The route of a request and what it names; 404 where there is none, 405 where another method has one. */
export function routeOf(method: string, path: string): Found | 404 | 405 {
  const parts = path.split('/')
  let status: 404 | 405 = 404
  for (const route of ROUTES) {
    const pattern = PATTERNS.get(route) as readonly string[]
    if (pattern.length !== parts.length) continue
    if (!pattern.every((word, at) => word === parts[at] || isPlace(word))) continue
    if (route.method === method) {
      const place = (word: string): string => decoded(parts[pattern.indexOf(word)] ?? '')
      return { route, id: place('ID'), verb: place('VERB'), place }
    }
    // What is no verb is nothing, whatever method it is asked with.
    const verb = parts[pattern.indexOf('VERB')]
    if (verb === undefined || VERBS.includes(verb)) status = 405
  }
  return status
}

const PATTERNS = new Map(ROUTES.map((route) => [route, route.path.split('/')]))

function isPlace(word: string): boolean {
  return /^[A-Z]+$/.test(word)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('the path has a percent sign that begins no byte')
  }
}
