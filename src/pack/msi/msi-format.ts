import type { PackTool } from '../../model/staged-product.ts'
import { msiPlan } from './msi-plan.ts'

const TOOLS: readonly PackTool[] = [
  { executable: 'wixl', debianPackage: 'wixl' },
  { executable: 'msibuild', debianPackage: 'msitools' },
]

/** Packages of Windows Installer, as the composition root joins them with what runs tools. */
export const msiFormat = {
  format: 'msi',
  targets: ['win-x64'],
  tools: TOOLS,
  plan: msiPlan,
} as const
