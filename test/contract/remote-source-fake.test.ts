import { fakeRemoteSource } from '../fakes/remote-source.ts'
import { remoteSourceContract } from './remote-source.ts'

remoteSourceContract('a fake source', { counts: true }, async () => {
  const source = fakeRemoteSource()
  return {
    source,
    put: async (text) => source.put(text),
    remove: async () => source.remove(),
    lose: async () => source.lose('it is away'),
    find: async () => source.find(),
    close: async () => {},
  }
})
