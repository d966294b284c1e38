/** Settings of units that are carried over, or mean nothing without systemd. */
export const TAKEN: ReadonlySet<string> = new Set(
  'Description Documentation After Before Requires Requisite BindsTo PartOf Wants Upholds DefaultDependencies StartLimitIntervalSec StartLimitInterval StartLimitBurst Type ExecStart ExecReload ExecStop Restart RestartSec TimeoutStartSec TimeoutStopSec TimeoutSec KillSignal KillMode SendSIGKILL WatchdogSec Environment EnvironmentFile User Group SupplementaryGroups WorkingDirectory UMask Nice LimitNOFILE LimitNPROC LimitCORE MemoryMax MemoryLimit StandardOutput StandardError StandardInput SyslogIdentifier NotifyAccess PIDFile BusName RemainAfterExit RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus'.split(
    ' ',
  ),
)

/** Others that systemd knows: by their names, why they are lost, and what to do instead. */
export const LOST: readonly (readonly [pattern: RegExp, why: string, instead: string | null])[] = [
  [
    /^Exec(StartPre|Condition)$/,
    'nothing runs before the program',
    'a job of its own, and dependsOn: { NAME: succeeded }',
  ],
  [
    /^Exec(StartPost|StopPost)$/,
    'nothing runs after it',
    'a program that follows "stead events -f --json"',
  ],
  [
    /^(Condition|Assert)(PathExists|PathExistsGlob|PathIsDirectory|FileNotEmpty|FileIsExecutable)$/,
    'a start has no conditions: systemd gives up what is not there, and stead can wait for it',
    'needs: [{ file: PATH }]',
  ],
  [
    /^(Condition|Assert)PathIsMountPoint$/,
    'a start has no conditions: systemd gives up what is not there, and stead can wait for it',
    'needs: [{ exec: [mountpoint, -q, PATH] }]',
  ],
  [/^(Condition|Assert)/, 'a start has no conditions', null],
  [
    /^(Requires|Wants)MountsFor$/,
    'stead mounts nothing; it can wait until something is mounted',
    'needs: [{ exec: [mountpoint, -q, PATH] }]',
  ],
  [
    /^(Private|Protect|Restrict|SystemCall|Capability|Ambient|NoNewPrivileges|ReadOnlyPaths|ReadWritePaths|InaccessiblePaths|ExecPaths|NoExecPaths|BindPaths|BindReadOnlyPaths|RootDirectory|RootImage|MountFlags|MemoryDenyWriteExecute|LockPersonality|RemoveIPC|KeyringMode|SecureBits|DevicePolicy|DeviceAllow|IPAddress|SELinuxContext|AppArmorProfile|TemporaryFileSystem|DynamicUser|ProcSubset|UMaskOverride)/,
    'a guard does not restrict its programs',
    'stead install --harden, which makes a unit of it',
  ],
  [
    /^(Runtime|State|Cache|Logs|Configuration)Directory/,
    'no directory is made',
    'mkdir -p and chown before',
  ],
  [
    /^(CPU|IO|BlockIO|Memory|Tasks|Slice|Delegate|Allowed|StartupCPU|ManagedOOM|OOM)/,
    'there is no control group',
    'limits.memory and limits.cpu restart a program that takes more',
  ],
  [/^Limit/, 'stead sets no such limit', null],
  [
    /^(OnFailure|OnSuccess|FailureAction|SuccessAction|StartLimitAction|JobTimeout)/,
    'a failure starts nothing else',
    'a program that follows "stead events -f --json"',
  ],
  [
    /^(Conflicts|PropagatesReloadTo|ReloadPropagatedFrom|PropagatesStopTo|StopPropagatedFrom|JoinsNamespaceOf|StopWhenUnneeded|RefuseManual|AllowIsolate|CollectMode|IgnoreOnIsolate|OnFailureJobMode)/,
    'stead has no such dependency',
    null,
  ],
  [
    /^(RestartSteps|RestartMaxDelaySec|RestartMode)$/,
    'delays grow in another way',
    'restart: { delay: …, factor: …, maxDelay: … }',
  ],
  [
    /^(RuntimeMaxSec|RuntimeRandomizedExtraSec)$/,
    'a program runs as long as it likes',
    'restartAt',
  ],
  [
    /^(Sockets|FileDescriptorStore|NonBlocking|OpenFile)/,
    'its sockets are written in another way',
    'sockets',
  ],
  [
    /^(TimeoutAbortSec|FinalKillSignal|RestartKillSignal|WatchdogSignal|SendSIGHUP|TimeoutStartFailureMode|TimeoutStopFailureMode|GuessMainPID|RootDirectoryStartOnly|USBFunction|ExitType)/,
    'a stop is a list of steps',
    'stop: [{ signal: …, wait: … }]',
  ],
  [
    /^(PassEnvironment|UnsetEnvironment|PAMName|LoadCredential|SetCredential|ImportCredential|SetLoginEnvironment)/,
    'a program has what the guard has in its environment, and env',
    'env, envFile',
  ],
  [
    /^(Syslog|LogLevel|LogRate|LogExtra|LogNamespace|LogFilter|TTY|UtmpI|UtmpM)/,
    'a log of stead is a file',
    'log',
  ],
  [
    /^(IOScheduling|CPUScheduling|CPUAffinity|NUMA|TimerSlack|Personality|IgnoreSIGPIPE|CoredumpFilter|NetworkNamespacePath)/,
    'stead sets nothing of the kind',
    'chrt, ionice, taskset or numactl before the command',
  ],
  [/^(SourcePath|Also|Alias)$/, 'it is about how units are installed', null],
]
