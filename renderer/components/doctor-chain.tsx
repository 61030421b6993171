import i18next from 'i18next'
import type { CertificateView } from '../../electron/contract/doctor.ts'
import css from './doctor.module.css'

/** A certificate chain as it was sent, the server's own first. */
export function Chain({ chain }: { chain: readonly CertificateView[] }) {
  return (
    <div className={css.chain}>
      {chain.map((one, index) => (
        <table key={one.fingerprint}>
          <caption>
            {i18next.t(index === 0 ? 'doctor:page.chain.own' : 'doctor:page.chain.above', { number: index + 1 })}
          </caption>
          <tbody>
            {rowsOf(one).map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{i18next.t(`doctor:page.chain.${name}`)}</th>
                <td className="mono">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  )
}

function rowsOf({ subject, issuer, from, until, names, key, fingerprint }: CertificateView) {
  const day = (at: string) => at.slice(0, 10)
  return [
    ['subject', subject],
    ['issuer', issuer],
    ['valid', `${day(from)} – ${day(until)}`],
    ...(names.length === 0 ? [] : [['names', names.join(', ')] as const]),
    ['key', key],
    ['fingerprint', fingerprint],
  ] as const
}
