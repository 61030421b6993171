import { Button, NativeSelect } from '@mantine/core'
import i18next from 'i18next'
import type { KitServer } from '../../electron/contract/kit.ts'
import { Commands } from '../components/commands.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Fold } from '../components/fold.tsx'
import { Problem } from '../components/problem.tsx'
import { useKit } from '../store/kit.ts'
import css from './classroom.module.css'
import { whenText } from './history.tsx'

const say = (key: string, values: Record<string, string | number> = {}) => i18next.t(`kit:page.serve.${key}`, values)

/** Serving the kit to the room: on which network, and the address for the class in letters for the last row. */
export function KitServe() {
  const { server, folder, view, interfaces, chosen, starting, pick, serve } = useKit()
  if (server !== null) return <Served server={server} />
  // Before there is a kit there is nothing to say about it.
  if (folder === null) return null
  const whole = view?.manifest != null
  return (
    <section className={css.section}>
      <h3>{say('title')}</h3>
      <p className="faint">{say(whole ? 'what' : 'needKit')}</p>
      {starting.step === 'failed' && <Problem error={starting.error} />}
      {whole && (
        <div className={css.adding}>
          <NativeSelect
            label={say('interface')}
            disabled={interfaces.length === 0}
            value={chosen ?? ''}
            data={
              interfaces.length === 0
                ? [{ value: '', label: say('none') }]
                : interfaces.map(({ name, address }) => ({ value: name, label: `${name} · ${address}` }))
            }
            onChange={({ currentTarget }) => pick(currentTarget.value)}
          />
          <Button loading={starting.step === 'running'} disabled={chosen === null} onClick={() => void serve()}>
            {say('start')}
          </Button>
        </div>
      )}
    </section>
  )
}

function Served({ server }: { server: KitServer }) {
  const stop = useKit((store) => store.stop)
  const addresses = (['go', 'docker', 'npm'] as const).flatMap((name) => {
    const address = server[name]
    return address === null ? [] : [{ name, address }]
  })
  return (
    <section className={css.served}>
      <h3>
        <span aria-hidden="true">● </span>
        {say('on')}
      </h3>
      <p>{say('page')}</p>
      <p className={css.address}>
        <span>{server.page}</span>
        <CopyButton text={server.page} what={say('thePage')} />
      </p>
      <p className="faint">{say('fingerprint')}</p>
      <p className={css.fingerprint}>
        <span>{server.fingerprint}</span>
        <CopyButton text={server.fingerprint} what={say('theFingerprint')} />
      </p>
      <Fold summary={say('addresses')}>
        <dl className={css.facts}>
          {addresses.map(({ name, address }) => (
            <div key={name}>
              <dt>{say(name)}</dt>
              <dd className="mono">{address}</dd>
            </div>
          ))}
          <div>
            <dt>{say('authority')}</dt>
            <dd className="mono">{server.authority}</dd>
          </div>
        </dl>
        <p className="faint">{say('use')}</p>
        <Commands lines={[`goready kit use ${server.page} --key ${server.fingerprint}`]} name={say('command')} />
      </Fold>
      <div className={css.actions}>
        <Button variant="default" onClick={() => void stop()}>
          {say('stop')}
        </Button>
        <span className="faint">
          {server.interface.name} · {say('since', { time: whenText(server.since) })}
        </span>
      </div>
    </section>
  )
}
