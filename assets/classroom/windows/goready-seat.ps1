# GoReady on one seat of a room: brings the program, applies the profile, checks, and leaves a report in a shared folder.
# Windows PowerShell 5.1 and later. Started by goready-seat.cmd (double click, logon script) or over SSH.
# Everything is for the user who runs it; no administrator is needed. MIT License.
[CmdletBinding()]
param(
  # What is done: apply, check or undo.
  [ValidateSet('apply', 'check', 'undo')][string]$Action = 'apply',
  # Where the report is left. By default the first line of share.txt beside this file, else ..\reports.
  [string]$Share = '',
  # By default profile\profile.goready.yml beside this file, else profile.goready.yml beside its folder.
  [string]$ProfileFile = '',
  # A kit's folder. By default kit beside this file, else beside its folder, where there is one.
  [string]$Kit = '',
  # The seat's name on the map; by default the computer's.
  [string]$Seat = $env:COMPUTERNAME,
  # GoReady itself, where it is not where its installer puts it.
  [string]$Program = '',
  # Checks that count, with commas; empty: all.
  [string]$Only = '',
  [ValidateSet('zh-CN', 'en')][string]$Language = 'zh-CN',
  # Seconds for each of GoReady's commands.
  [ValidateRange(10, 86400)][int]$Timeout = 900,
  # Prints the report as one line of JSON as well.
  [switch]$Print
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# Progress bars make downloads and archives many times slower in 5.1.
$ProgressPreference = 'SilentlyContinue'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
# Nothing is above a share that has a drive's letter.
$outer = Split-Path -Parent $here
if ([string]::IsNullOrEmpty($outer)) { $outer = $here }
$utf8 = New-Object System.Text.UTF8Encoding $false
$started = Get-Date

$report = [ordered]@{
  version = 1; seat = $Seat; at = ''; state = 'running'; step = $null; changed = $false; program = $null; go = $null
  run = $null; seconds = $null; verdict = $null; findings = @(); error = $null; cause = $null
}

function Say([string]$chinese, [string]$english) {
  # Over SSH only the report is read.
  if ($Print) { return }
  if ($Language -eq 'en') { Write-Host $english } else { Write-Host $chinese }
}

# One argument as a Windows program reads it back (CommandLineToArgvW).
function Quote([string]$text) {
  # The program may be a batch file, to which more than spaces means something.
  if ($text -match '^[\w./:\\=,+-]+$') { return $text }
  $escaped = $text -replace '(\\*)"', '$1$1\"' -replace '(\\+)$', '$1$1'
  return '"' + $escaped + '"'
}

# Runs a program without a shell; answers its exit code and what it printed, read as UTF-8 whatever the code page is.
function Invoke-Program([string]$file, [string[]]$words, [int]$seconds) {
  $info = New-Object System.Diagnostics.ProcessStartInfo
  $info.FileName = $file
  $info.Arguments = ($words | ForEach-Object { Quote $_ }) -join ' '
  $info.UseShellExecute = $false
  $info.CreateNoWindow = $true
  $info.RedirectStandardOutput = $true
  $info.RedirectStandardError = $true
  $info.StandardOutputEncoding = $utf8
  $info.StandardErrorEncoding = $utf8
  $process = [System.Diagnostics.Process]::Start($info)
  $output = $process.StandardOutput.ReadToEndAsync()
  $problem = $process.StandardError.ReadToEndAsync()
  if (-not $process.WaitForExit($seconds * 1000)) {
    # A batch file's end is not the end of what it started.
    Start-Process -FilePath taskkill.exe -ArgumentList '/T', '/F', '/PID', "$($process.Id)" -NoNewWindow -Wait
    throw "no answer within $seconds s"
  }
  # What it started may hold its output open.
  [void]$output.Wait(5000)
  [void]$problem.Wait(1000)
  $text = ''
  if ($output.IsCompleted) { $text = $output.Result }
  $said = ''
  if ($problem.IsCompleted) { $said = $problem.Result }
  return @{ Code = $process.ExitCode; Output = $text; Problem = $said }
}

# A property of an object out of JSON; $null where it has none.
function Get-Part($object, [string]$name) {
  if ($null -eq $object) { return $null }
  $property = $object.PSObject.Properties[$name]
  if ($null -eq $property) { return $null }
  return $property.Value
}

# One of GoReady's commands: the last of its JSON lines, where a failure is thrown with its code kept in the report.
function Invoke-GoReady([string[]]$words, [int[]]$accepted) {
  $all = $words + @('--json', '--lang', $Language, '--timeout', "$Timeout")
  $answer = Invoke-Program $script:goready $all ($Timeout + 30)
  $last = $null
  foreach ($line in ($answer.Output -split "`n")) {
    if (-not $line.StartsWith('{')) { continue }
    try { $value = $line | ConvertFrom-Json } catch { continue }
    $last = $value
    $told = Get-Part $value 'error'
    if ($null -ne $told) { $script:report.error = Get-AppError $told }
  }
  if ($accepted -notcontains $answer.Code -or $null -eq $last) {
    $sentence = "exit code $($answer.Code)"
    if ($answer.Problem.Trim() -ne '') { $sentence = $answer.Problem.Trim() }
    $message = Get-Part (Get-Part $last 'error') 'message'
    if ($null -ne $message) { $sentence = $message }
    throw $sentence
  }
  $script:report.error = $null
  $result = Get-Part $last 'result'
  if ($null -ne $result) { return $result }
  return $last
}

function Get-AppError($told) {
  $kept = [ordered]@{}
  foreach ($name in @('code', 'values', 'cause', 'remaining')) {
    $value = Get-Part $told $name
    if ($null -ne $value) { $kept[$name] = $value }
  }
  return $kept
}

# The program where its installer puts it, or where a zip was unpacked by this script.
function Find-Program {
  if ($Program -ne '') { return $Program }
  foreach ($name in @('goready', 'GoReady')) {
    $path = Join-Path $env:LOCALAPPDATA "Programs\$name\goready.cmd"
    if (Test-Path -LiteralPath $path) { return $path }
  }
  $found = Get-Command goready.cmd -ErrorAction SilentlyContinue
  if ($null -ne $found) { return $found.Source }
  return $null
}

# The kit's installer for Windows, checked against the kit's own list.
function Install-Program {
  $folder = Find-Kit
  if ($null -eq $folder) { throw 'goready: the program can''t be started: it is not installed, and there is no kit beside' }
  $text = [System.IO.File]::ReadAllText((Join-Path $folder 'goready-kit.json'), $utf8)
  $manifest = $text | ConvertFrom-Json
  $offered = @($manifest.installers | Where-Object { $_.system -eq 'windows' -and $_.file -match '(setup.*\.exe|\.zip)$' })
  if ($offered.Count -eq 0) { throw 'goready: the program can''t be started: the kit brings no installer for Windows' }
  # The installer proper before the archive.
  $chosen = @($offered | Sort-Object { $_.file -notmatch '\.exe$' })[0].file
  $entry = @($manifest.files | Where-Object { $_.path -eq $chosen })[0]
  $path = Join-Path $folder ($chosen -replace '/', '\')
  $local = Join-Path ([System.IO.Path]::GetTempPath()) ('goready-' + [guid]::NewGuid().ToString('N') + [System.IO.Path]::GetExtension($path))
  # What was checked is what is started: a copy that nobody else changes.
  Copy-Item -LiteralPath $path -Destination $local
  try {
    $hash = (Get-FileHash -LiteralPath $local -Algorithm SHA256).Hash.ToLowerInvariant()
    if ($hash -ne $entry.sha256) {
      $script:report.error = [ordered]@{ code = 'kit-damaged'; values = @{ path = $chosen } }
      throw "$chosen is not what the kit's list says"
    }
    if ($local -match '\.exe$') {
      $answer = Invoke-Program $local @('/S') $Timeout
      if ($answer.Code -ne 0) { throw "the installer ended with $($answer.Code)" }
    } else {
      $target = Join-Path $env:LOCALAPPDATA 'Programs\GoReady'
      Expand-Archive -LiteralPath $local -DestinationPath $target -Force
    }
  } finally {
    Remove-Item -LiteralPath $local -Force -ErrorAction SilentlyContinue
  }
}

function Find-Kit {
  foreach ($path in @($Kit, (Join-Path $here 'kit'), (Join-Path $outer 'kit'))) {
    if ($path -ne '' -and (Test-Path -LiteralPath (Join-Path $path 'goready-kit.json'))) { return $path }
  }
  return $null
}

# The profile and the files that it names, on this computer's own disk: a share is not always there.
function Copy-Profile {
  $beside = Join-Path $here 'profile\profile.goready.yml'
  $above = Join-Path $outer 'profile.goready.yml'
  $given = @($ProfileFile, $beside, $above) | Where-Object { $_ -ne '' -and (Test-Path -LiteralPath $_) } | Select-Object -First 1
  if ($null -eq $given) { return $null }
  if ($given -ne $beside) { return $given }
  if (-not (Test-Path -LiteralPath $own)) { [void](New-Item -ItemType Directory -Path $own) }
  foreach ($file in @(Get-ChildItem -LiteralPath (Split-Path -Parent $beside) -File)) {
    if ($file.Length -lt 1048576) { Copy-Item -LiteralPath $file.FullName -Destination $own -Force }
  }
  return Join-Path $own 'profile.goready.yml'
}

# What this script keeps on this computer.
$own = Join-Path $env:LOCALAPPDATA 'goready-room'
# The runs that this script made on this computer, so that undo gives back these alone.
$record = Join-Path $own 'runs.txt'

function Get-Runs {
  if (-not (Test-Path -LiteralPath $record)) { return @() }
  return @([System.IO.File]::ReadAllLines($record, $utf8) | Where-Object { $_ -match '^[0-9A-Za-z-]{8,64}$' })
}

function Invoke-Apply {
  $script:report.step = 'apply'
  $kit = Find-Kit
  $wanted = Copy-Profile
  # A kit holds the profile that it was made with.
  if ($null -ne $kit) { $result = Invoke-GoReady @('kit', 'use', $kit, '--yes') @(0) }
  elseif ($null -ne $wanted) { $result = Invoke-GoReady @('apply', '--profile', $wanted, '--yes') @(0) }
  else { return }
  $script:report.changed = [bool](Get-Part $result 'changed')
  $script:report.run = Get-Part $result 'run'
  $script:report.go = Get-Part (Get-Part $result 'verification') 'output'
  if ($null -eq $script:report.run) { return }
  if (-not (Test-Path -LiteralPath $own)) { [void](New-Item -ItemType Directory -Path $own) }
  [System.IO.File]::AppendAllText($record, "$($script:report.run)`r`n", $utf8)
}

function Invoke-Check {
  $script:report.step = 'check'
  $words = @('check')
  if ($Only -ne '') { $words += @('--only', $Only) }
  $found = Invoke-GoReady $words @(0, 3)
  $script:report.verdict = $found.verdict
  $kept = New-Object System.Collections.ArrayList
  foreach ($one in @($found.findings)) {
    if ($one.muted -or $kept.Count -ge 200) { continue }
    $values = Get-Part $one 'values'
    if ($null -eq $values) { $values = @{} }
    [void]$kept.Add([ordered]@{ code = $one.code; severity = $one.severity; subject = $one.subject; values = $values })
  }
  $script:report.findings = $kept.ToArray()
  switch ($found.verdict) {
    'ready' { $script:report.state = 'well' }
    'remark' { $script:report.state = 'remark' }
    default { $script:report.state = 'failed' }
  }
}

function Invoke-Undo {
  $script:report.step = 'undo'
  $runs = @(Get-Runs)
  [array]::Reverse($runs)
  foreach ($run in $runs) {
    try {
      $result = Invoke-GoReady @('undo', '--run', $run, '--on-conflict', 'keep') @(0)
      if (@(Get-Part $result 'restored').Count -gt 0) { $script:report.changed = $true }
    } catch {
      $known = $script:report.error
      if ($null -eq $known -or $known.code -ne 'run-not-found') { throw }
      $script:report.error = $null
    }
  }
  Remove-Item -LiteralPath $own -Recurse -Force -ErrorAction SilentlyContinue
  $script:report.state = 'given-back'
}

# `go version`, asked where the profile has no image that answered.
function Get-GoVersion {
  $go = Get-Command go.exe -ErrorAction SilentlyContinue
  if ($null -eq $go) { return $null }
  try { $answer = Invoke-Program $go.Source @('version') 15 } catch { return $null }
  if ($answer.Code -ne 0) { return $null }
  return $answer.Output.Trim()
}

# Whole or not at all: whoever reads the folder never sees half a report.
function Write-Report([string]$json) {
  $folder = $Share
  $note = Join-Path $here 'share.txt'
  if ($folder -eq '' -and (Test-Path -LiteralPath $note)) {
    $folder = @([System.IO.File]::ReadAllLines($note, $utf8) | Where-Object { $_.Trim() -ne '' })[0].Trim()
  }
  if ($folder -eq '') { $folder = Join-Path $outer 'reports' }
  if (-not (Test-Path -LiteralPath $folder)) {
    if ($Print) { return }
    throw "the folder for reports can't be reached: $folder"
  }
  $target = Join-Path $folder "$Seat.json"
  $temporary = Join-Path $folder ('.' + $Seat + '.' + [guid]::NewGuid().ToString('N'))
  [System.IO.File]::WriteAllText($temporary, $json, $utf8)
  try {
    if (Test-Path -LiteralPath $target) { [System.IO.File]::Replace($temporary, $target, $null) }
    else { [System.IO.File]::Move($temporary, $target) }
  } catch {
    Remove-Item -LiteralPath $temporary -Force -ErrorAction SilentlyContinue
    throw
  }
}

if ($Seat -notmatch '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$') {
  Say "这台电脑的名称不能用作座位名：$Seat" "This computer's name can't be a seat's: $Seat"
  exit 2
}

try {
  Say '正在设置这台电脑……' 'Setting this computer up ...'
  $report.step = 'install'
  $goready = Find-Program
  if ($null -eq $goready -and $Action -ne 'undo') {
    Install-Program
    $goready = Find-Program
  }
  if ($null -eq $goready) { throw 'goready: the program can''t be started: it is not installed' }
  switch ($Action) {
    'apply' { Invoke-Apply; Invoke-Check }
    'check' { Invoke-Check }
    'undo' { Invoke-Undo }
  }
} catch {
  $report.state = 'failed'
  $text = "$($_.Exception.Message)"
  $report.cause = $text.Substring(0, [Math]::Min(2000, $text.Length))
}
if ($null -eq $report.go -and $Action -ne 'undo') { $report.go = Get-GoVersion }
$report.seconds = [Math]::Round(((Get-Date) - $started).TotalSeconds, 1)
$report.at = (Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture)
$json = $report | ConvertTo-Json -Depth 8 -Compress
# Over SSH this is what is read, whatever the code page is: nothing in it but ASCII.
if ($Print) { [regex]::Replace($json, '[^\x20-\x7e]', { param($found) '\u{0:x4}' -f [int][char]$found.Value }) }
$status = 0
if ($report.state -eq 'failed') { $status = 1 }
try {
  Write-Report $json
} catch {
  Say "报告写不进共享文件夹：$($_.Exception.Message)" "The report can't be written: $($_.Exception.Message)"
  $status = 1
}
if ($report.state -eq 'failed') { Say "没有成功：$($report.cause)" "It did not work: $($report.cause)" }
else { Say '完成。' 'Done.' }
exit $status
