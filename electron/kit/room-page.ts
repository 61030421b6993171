import type { KitManifest } from '../contract/kit.ts'

/** The page that a room's browsers get, in both languages at once: whoever sits there chose none yet. */
export function roomPage(manifest: KitManifest, origin: string, fingerprint: string): string {
  const installers = manifest.installers.map(
    ({ file, system }) => `<li><a href="/kit/${attribute(encodeURI(file))}">${text(file)}</a> (${system})</li>`,
  )
  const images = manifest.images.map(({ reference, platform }) => `<li>${text(reference)} (${text(platform)})</li>`)
  const use = `goready kit use ${origin} --key ${fingerprint}`
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>GoReady</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}code{word-break:break-all}
pre{background:#f2f4f7;padding:.7rem;white-space:pre-wrap;word-break:break-all}</style></head><body>
<h1>GoReady</h1>
<h2>1. 安装 GoReady · <span lang="en">Install GoReady</span></h2>
<ul>${installers.join('') || '<li>—</li>'}</ul>
<h2>2. 使用本教室的套件 · <span lang="en">Use this room’s kit</span></h2>
<pre>${text(use)}</pre>
<p>只有指纹与老师公布的一致时才继续。<span lang="en">Go on only where the fingerprint is the one that the teacher shows.</span></p>
<p><code>${text(fingerprint)}</code></p>
<h2>3. 其他 · <span lang="en">More</span></h2>
<ul>
<li><a href="/goready.yml">goready.yml</a>：本教室的配置文件（与 room-ca.pem 放在同一文件夹） · <span lang="en">the room’s profile (keep room-ca.pem beside it)</span></li>
<li><a href="/room-ca.pem">room-ca.pem</a>：本教室的证书机构 · <span lang="en">the room’s authority</span></li>
<li><a href="/kit/goready-kit.json">goready-kit.json</a>：内容清单 · <span lang="en">what is in the kit</span></li>
</ul>
<ul>${images.join('')}</ul>
</body></html>
`
}

const text = (value: string): string => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
const attribute = text
