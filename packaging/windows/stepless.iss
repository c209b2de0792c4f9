; The Windows installer, made of the bundle by Inno Setup 6.3 or newer:
;
;   py -3.11 packaging\bootstrap.py bundle
;   iscc /DVersion=0.1.0 packaging\windows\stepless.iss
;
; (`make bundle` prints this line with the version at hand.) It follows Microsoft's guidance: installed for one person by
; default, offered under "Open with" without taking any file type over, and taken away completely by its uninstaller. What
; the person made (models, settings) stays. It was not tried: only Linux bundles were built and tested.

#ifndef Version
  #error Give the version: iscc /DVersion=1.2.3 stepless.iss
#endif
#define Name "Stepless"
#define Bundle "..\..\dist\stepless"
; Twice the same place, as the types that are offered are listed once.
#define Capabilities "Software\Stepless\Capabilities"

[Setup]
; Never to be changed: by it, a new version finds the old one.
AppId={{7C0B0C67-5C0B-4E0B-9C39-6B1F2C8A51D4}
AppName={#Name}
AppVersion={#Version}
AppVerName={#Name} {#Version}
AppPublisher=the Stepless developers
DefaultDirName={autopf}\{#Name}
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=stepless-{#Version}-windows-x64
SetupIconFile=..\..\build\icons\stepless.ico
UninstallDisplayIcon={app}\stepless.exe
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\{#Name}"; Filename: "{app}\stepless.exe"
Name: "{autodesktop}\{#Name}"; Filename: "{app}\stepless.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\Stepless.Photo"; ValueType: string; ValueData: "Photo"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Stepless.Photo\shell\open\command"; ValueType: string; ValueData: """{app}\stepless.exe"" ""%1"""
Root: HKA; Subkey: "Software\RegisteredApplications"; ValueType: string; ValueName: "{#Name}"; ValueData: "{#Capabilities}"; Flags: uninsdeletevalue
Root: HKA; Subkey: "{#Capabilities}"; ValueType: string; ValueName: "ApplicationName"; ValueData: "{#Name}"; Flags: uninsdeletekey
Root: HKA; Subkey: "{#Capabilities}"; ValueType: string; ValueName: "ApplicationDescription"; ValueData: "A photo viewer whose zoom never runs out of pixels"
#dim Extensions[21] {"jpg", "jpeg", "jpe", "jfif", "png", "tif", "tiff", "webp", "avif", "heic", "heif", "hif", "jp2", "j2k", "j2c", "jpc", "jpf", "jpx", "bmp", "dib", "gif"}
#define Number
#sub Association
Root: HKA; Subkey: "{#Capabilities}\FileAssociations"; ValueType: string; ValueName: ".{#Extensions[Number]}"; ValueData: "Stepless.Photo"
Root: HKA; Subkey: "Software\Classes\.{#Extensions[Number]}\OpenWithProgids"; ValueType: string; ValueName: "Stepless.Photo"; ValueData: ""; Flags: uninsdeletevalue
#endsub
#for {Number = 0; Number < DimOf(Extensions); Number++} Association

[Run]
Filename: "{app}\stepless.exe"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent
