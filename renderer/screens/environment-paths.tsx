import { ActionIcon, Button, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { CrossIcon } from '../components/icons.tsx'
import { LockedNote, useLock } from '../components/locked.tsx'
import { newPath, pathProblem, useEnvironment } from '../store/environment.ts'

/** Folders in front of PATH. */
export function OwnPaths() {
  const { paths, changePaths } = useEnvironment()
  const { locked } = useLock('env.path')
  return (
    <section className="env-part" aria-label={i18next.t('environment:path')}>
      <h2>{i18next.t('environment:path')}</h2>
      <p className="env-why faint">{i18next.t('environment:pathWhy')}</p>
      {paths.map((path) => {
        const reason = pathProblem(path)
        const label = i18next.t('environment:removePath', { path: path.text })
        return (
          <div key={path.id} className="env-row">
            <TextInput
              className="env-value"
              aria-label={i18next.t('environment:pathEntry')}
              placeholder="~/go/bin"
              spellCheck={false}
              disabled={locked}
              value={path.text}
              error={reason === null ? null : i18next.t(`grammar:${reason}`)}
              onChange={({ currentTarget }) =>
                changePaths(paths.map((one) => (one === path ? { ...one, text: currentTarget.value } : one)))
              }
            />
            <ActionIcon
              variant="subtle"
              size={36}
              disabled={locked}
              aria-label={label}
              title={label}
              onClick={() => changePaths(paths.filter((one) => one !== path))}
            >
              <CrossIcon />
            </ActionIcon>
          </div>
        )
      })}
      {!locked && (
        <Button variant="default" size="compact-md" onClick={() => changePaths([...paths, newPath()])}>
          {i18next.t('environment:addPath')}
        </Button>
      )}
      <LockedNote field="env.path" />
    </section>
  )
}
