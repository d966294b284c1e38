import { userInfo } from 'node:os'
import type { CommandRunner } from '../../model/ports/command-runner.ts'
import type { Accounts } from '../../model/ports/machine.ts'

/** Linux asks getent(1), which knows LDAP and the like too; macOS asks its directory service, dscl(1). */
export function accounts(runner: CommandRunner): Accounts {
  const exists = async (database: 'passwd' | 'group', name: string): Promise<boolean> => {
    const [file, args] =
      process.platform === 'darwin'
        ? [
            'dscl',
            ['.', '-read', `/${database === 'passwd' ? 'Users' : 'Groups'}/${name}`, 'RecordName'],
          ]
        : ['getent', [database, name]]
    const { exit } = await runner.run(file as string, args as string[])
    return exit.kind === 'code' && exit.code === 0
  }
  return {
    userExists: (name) => exists('passwd', name),
    groupExists: (name) => exists('group', name),
    isPrivileged: () => process.geteuid?.() === 0,
    self() {
      const { username, uid, homedir } = userInfo()
      return { name: username, uid, home: homedir }
    },
  }
}
