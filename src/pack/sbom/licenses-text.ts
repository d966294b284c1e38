import { type BundledPackage, distinct } from './bundled-package.ts'

const RULE = '-'.repeat(78)

/** THIRD-PARTY-LICENSES.txt: what is inside, under which licence, with its text. */
export function licensesText(product: string, packages: readonly BundledPackage[]): string {
  const sections = distinct(packages).map(({ name, version, license, licenseText }) => {
    const text = licenseText?.replaceAll('\r\n', '\n').trim()
    return `${RULE}\n${name} ${version}\nLicence: ${license ?? 'not named'}\n\n${text ?? 'The package has no file with the text of its licence.'}\n`
  })
  return `${product} contains the following software of others.\n\n${sections.join('\n')}`
}
