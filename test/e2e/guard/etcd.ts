/** A real etcd (Debian's etcd-server) for one test, on the loopback. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../contract/until.ts'
import { freePort } from './free-port.ts'

export interface Etcd {
  /** `http://127.0.0.1:2379`, or https. */
  readonly endpoint: string
  /** A call of its JSON gateway. */
  readonly call: (path: string, body: object, headers?: Record<string, string>) => Promise<Call>
  readonly put: (key: string, value: string) => Promise<void>
  readonly remove: (key: string) => Promise<void>
  /** SIGKILL. */
  readonly kill: () => Promise<void>
  /** Starts it again, on what it had; or, `empty`, on nothing. */
  readonly start: (how?: 'empty') => Promise<void>
  readonly close: () => Promise<void>
}

export interface Call {
  readonly status: number
  readonly answer: Record<string, unknown>
}

export interface EtcdTls {
  readonly cert: string
  readonly key: string
  /** Who has signed the certificates that clients have to show. */
  readonly clientCa?: string
}

/** Which endpoint a test itself uses: where clients need certificates it has one of its own. */
export async function startEtcd({ tls }: { readonly tls?: EtcdTls } = {}): Promise<Etcd> {
  const directory = mkdtempSync(join(tmpdir(), 'stead-etcd-'))
  const [port, peer, inside] = [await freePort(), await freePort(), await freePort()]
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  // The test speaks to it in the clear, so that it proves nothing about our TLS.
  const own = tls === undefined ? endpoint : `http://127.0.0.1:${inside}`
  const peers = `http://127.0.0.1:${peer}`
  let headers: Record<string, string> = {}
  let life = 0
  let child: ReturnType<typeof spawn> | null = null

  const start = async (how?: 'empty'): Promise<void> => {
    if (how === 'empty') life += 1
    const clients = tls === undefined ? endpoint : `${endpoint},${own}`
    const args = ['--name', 'one', '--data-dir', join(directory, String(life))]
    args.push('--listen-client-urls', clients, '--advertise-client-urls', endpoint)
    args.push('--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers)
    args.push('--initial-cluster', `one=${peers}`, '--log-level', 'error')
    if (tls !== undefined) {
      args.push('--cert-file', tls.cert, '--key-file', tls.key)
      if (tls.clientCa !== undefined)
        args.push('--client-cert-auth', '--trusted-ca-file', tls.clientCa)
    }
    const started = spawn('etcd', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH },
    })
    child = started
    let said = ''
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000)
    })
    await until('etcd answers', async () => {
      if (started.exitCode !== null) throw new Error(`etcd has ended: ${said}`)
      const response = await fetch(`${own}/health`).catch(() => null)
      return response?.ok === true
    })
  }
  const kill = async (): Promise<void> => {
    const old = child
    child = null
    if (old === null || old.exitCode !== null || old.signalCode !== null) return
    const ended = new Promise((done) => old.once('close', done))
    old.kill('SIGKILL')
    await ended
  }
  const call: Etcd['call'] = async (path, body, more = {}) => {
    // An old token is refused there as well.
    if (path === '/v3/auth/authenticate') headers = {}
    const response = await fetch(`${own}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, ...more },
    })
    const answer = (await response.json()) as Record<string, unknown>
    if (path === '/v3/auth/authenticate' && typeof answer.token === 'string')
      headers = { authorization: answer.token }
    return { status: response.status, answer }
  }
  const must = async (path: string, body: object): Promise<void> => {
    const { status, answer } = await call(path, body)
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`)
  }
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  await start()
  return {
    endpoint,
    call,
    put: (key, value) => must('/v3/kv/put', { key: base64(key), value: base64(value) }),
    remove: (key) => must('/v3/kv/deleterange', { key: base64(key) }),
    kill,
    start,
    async close() {
      await kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
