import { jsonAnswer } from './answers.ts'
import { flag, invalid, neededCount, optionalCount, text } from './fields.ts'
import { type Route, taking } from './route.ts'

const MAX_YAML = 1024 * 1024
/** A day. */
const MAX_TRIAL = 86_400_000
const MAX_VERSION = Number.MAX_SAFE_INTEGER

/** A guard's configuration: taking one over, what was taken before, and going back to it. */
export const CONFIG_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/apply',
    needs: 'view',
    ...taking(
      { text: text(MAX_YAML), dryRun: flag(false), trial: optionalCount(MAX_TRIAL) },
      async ({ api, request }, given) => jsonAnswer(await api.apply(given, request.caller)),
    ),
  },
  {
    method: 'GET',
    path: '/v1/config/versions',
    needs: 'administer',
    answer: ({ api }) => jsonAnswer(api.versions()),
  },
  {
    method: 'GET',
    path: '/v1/config/versions/NUMBER',
    needs: 'administer',
    answer: ({ api, place }) => jsonAnswer(api.versionSources(versionOf(place('NUMBER')))),
  },
  {
    method: 'POST',
    path: '/v1/config/rollback',
    needs: 'administer',
    ...taking({ version: neededCount(MAX_VERSION) }, async ({ api, request }, { version }) =>
      jsonAnswer(await api.rollback(version, request.caller)),
    ),
  },
]

function versionOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw invalid(`a version is a whole number, not ${JSON.stringify(text.slice(0, 80))}`)
}
