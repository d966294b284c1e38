/** stead as a single executable: what stead.pack.yaml of the checkout packs. */
import { main } from '../../src/cli/main.ts'

await main(process.argv.slice(2))
