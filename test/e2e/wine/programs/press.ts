/** Presses Ctrl-C in the console of a process: `press.ts PID`. Wine 8 has no Ctrl-Break for a console of others. */
import { bind, checked } from '../../../../src/platform/win32/win32-error.ts'

const kernel32 = bind('kernel32.dll', {
  FreeConsole: 'int __stdcall FreeConsole()',
  AttachConsole: 'int __stdcall AttachConsole(uint32_t pid)',
  SetConsoleCtrlHandler: 'int __stdcall SetConsoleCtrlHandler(void *handler, int add)',
  GenerateConsoleCtrlEvent:
    'int __stdcall GenerateConsoleCtrlEvent(uint32_t event, uint32_t group)',
})

const CTRL_C_EVENT = 0
const [, , pid = ''] = process.argv
const api = kernel32()
api.FreeConsole()
checked('AttachConsole', api.AttachConsole(Number(pid)))
// Not for this process, which shares the console now.
checked('SetConsoleCtrlHandler', api.SetConsoleCtrlHandler(null, 1))
checked('GenerateConsoleCtrlEvent', api.GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
