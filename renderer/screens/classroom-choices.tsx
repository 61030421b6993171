import { Button, NativeSelect, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useId } from 'react'
import type { ClassroomOptions } from '../../electron/contract/classroom.ts'
import { Fold } from '../components/fold.tsx'
import { useSoFar } from '../frame/so-far.ts'
import { readWaves } from '../store/classroom-waves.ts'
import { useClassroom } from '../store/classroom.ts'
import { useKit } from '../store/kit.ts'
import css from './classroom.module.css'

const say = (key: string, values: Record<string, string | number> = {}) => i18next.t(`classroom:page.${key}`, values)

/** What the seats get, and how they are gone through. */
export function ClassroomChoices() {
  return (
    <>
      <ProfileChoice />
      <KitChoice />
      <Options />
    </>
  )
}

type ChoiceProps = {
  name: string
  checked: boolean
  label: string
  choose(): void
  disabled?: boolean
  children?: ReactNode
}

function Choice({ name, checked, label, choose, disabled = false, children }: ChoiceProps) {
  return (
    <label className={css.choice}>
      <input type="radio" name={name} checked={checked} disabled={disabled} onChange={choose} />
      <span>
        {label}
        {children !== undefined && <span className={css.choiceWhat}>{children}</span>}
      </span>
    </label>
  )
}

function ProfileChoice() {
  const name = useId()
  const { room, profile, edit } = useClassroom()
  const chosen = useSoFar('env')
  const own = room?.profile ?? null
  return (
    <fieldset className={css.section}>
      <legend>{say('profile.title')}</legend>
      {own !== null && (
        <Choice
          name={name}
          checked={profile === 'room'}
          label={say('profile.room', { name: own })}
          choose={() => edit({ profile: 'room' })}
        >
          {say('profile.roomWhat')}
        </Choice>
      )}
      <Choice
        name={name}
        checked={profile === 'wizard'}
        label={say('profile.wizard')}
        choose={() => edit({ profile: 'wizard' })}
      >
        {chosen}
      </Choice>
    </fieldset>
  )
}

function KitChoice() {
  const name = useId()
  const { room, kit, edit, turnTo } = useClassroom()
  const { folder, server } = useKit()
  const own = room?.kit ?? null
  const asIs = own === null ? say('kit.none') : say('kit.room', { name: own })
  return (
    <fieldset className={css.section}>
      <legend>{say('kit.title')}</legend>
      <p className="faint">{say('kit.what')}</p>
      {folder === null ? (
        <p>{asIs}</p>
      ) : (
        <Choice name={name} checked={kit === null} label={asIs} choose={() => edit({ kit: null })} />
      )}
      {folder !== null && (
        <Choice
          name={name}
          checked={kit !== null}
          label={say('kit.chosen', { folder: folder.folder })}
          choose={() => edit({ kit: folder })}
        >
          {server?.folder === folder.folder ? say('kit.served', { page: server.page }) : say('kit.notServed')}
        </Choice>
      )}
      <div>
        <Button variant="subtle" size="compact-md" onClick={() => turnTo('kit')}>
          {say('kit.go')}
        </Button>
      </div>
    </fieldset>
  )
}

const FOR = ['user', 'all', 'skel'] as const satisfies readonly ClassroomOptions['for'][]

function Options() {
  const { options, waves, edit } = useClassroom()
  const wrong = readWaves(waves) === null
  const summary = say('options.summary', { waves: options.waves.join(' → '), tolerance: options.tolerance })
  const put = (change: Partial<ClassroomOptions>) => edit({ options: { ...options, ...change } })
  return (
    <Fold summary={say('options.title', { summary })}>
      <div className={css.options}>
        <TextInput
          label={say('options.waves')}
          description={say('options.wavesWhat')}
          error={wrong ? say('options.wavesWrong') : null}
          spellCheck={false}
          value={waves}
          onChange={({ currentTarget }) => edit({ waves: currentTarget.value })}
        />
        <NumberField
          label={say('options.tolerance')}
          what={say('options.toleranceWhat')}
          value={options.tolerance}
          least={0}
          most={100}
          put={(tolerance) => put({ tolerance })}
        />
        <NumberField
          label={say('options.forks')}
          what={say('options.forksWhat')}
          value={options.forks}
          least={1}
          most={100}
          put={(forks) => put({ forks })}
        />
        <NativeSelect
          label={say('options.for')}
          description={say(`options.forWhat.${options.for}`)}
          value={options.for}
          data={FOR.map((value) => ({ value, label: say(`options.forName.${value}`) }))}
          onChange={({ currentTarget }) => {
            const found = FOR.find((one) => one === currentTarget.value)
            if (found !== undefined) put({ for: found })
          }}
        />
      </div>
    </Fold>
  )
}

type NumberProps = { label: string; what: string; value: number; least: number; most: number; put(value: number): void }

function NumberField({ label, what, value, least, most, put }: NumberProps) {
  return (
    <TextInput
      type="number"
      inputMode="numeric"
      label={label}
      description={what}
      min={least}
      max={most}
      value={value}
      onChange={({ currentTarget }) => {
        const wanted = Math.round(currentTarget.valueAsNumber)
        if (!Number.isNaN(wanted)) put(Math.min(most, Math.max(least, wanted)))
      }}
    />
  )
}
