import type { PackTool } from '../../model/staged-product.ts'
import { debPlan } from './deb-plan.ts'

const TOOLS: readonly PackTool[] = [{ executable: 'dpkg-deb', debianPackage: 'dpkg' }]

/** Debian's packages, as the composition root joins them with what runs tools. */
export const debFormat = {
  format: 'deb',
  targets: ['linux-x64', 'linux-arm64'],
  tools: TOOLS,
  plan: debPlan,
} as const
