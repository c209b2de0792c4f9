<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Stepless</source>
        <translation>关于 Stepless</translation>
    </message>
    <message>
        <source>Stepless</source>
        <translation>Stepless</translation>
    </message>
    <message>
        <source>A photo viewer whose zoom never runs out of pixels.</source>
        <translation>放大永不缺像素的照片查看器。</translation>
    </message>
    <message>
        <source>The idea: Chen, Liu and Wang, {0}, 2021.</source>
        <translation>原理：Chen、Liu 和 Wang，{0}，2021。</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>not loaded yet</source>
        <translation>尚未加载</translation>
    </message>
</context>
<context>
    <name>Browsing</name>
    <message>
        <source>The photo&apos;s file was moved or removed.</source>
        <translation>照片文件已被移动或删除。</translation>
    </message>
    <message>
        <source>The photo has changed on the disk and was read again.</source>
        <translation>照片文件已更改，已重新读取。</translation>
    </message>
    <message>
        <source>This is the last photo.</source>
        <translation>已是最后一张照片。</translation>
    </message>
    <message>
        <source>This is the first photo.</source>
        <translation>已是第一张照片。</translation>
    </message>
</context>
<context>
    <name>BudgetField</name>
    <message>
        <source>Automatic ({0} MB here)</source>
        <translation>自动（本机为 {0} MB）</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
</context>
<context>
    <name>ColorSpaceField</name>
    <message>
        <source>ICC profiles</source>
        <translation>ICC 配置文件</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Choose the profile of the display</source>
        <translation>选择显示器的配置文件</translation>
    </message>
</context>
<context>
    <name>ColoursPage</name>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Colour space of the &amp;display</source>
        <translation>显示器色彩空间(&amp;D)</translation>
    </message>
    <message>
        <source>Photos are converted to it; choose the profile of your display if you have measured one.</source>
        <translation>照片将转换到此色彩空间；如果您校准过显示器，请选择其配置文件。</translation>
    </message>
    <message>
        <source>ICC profile from a file…</source>
        <translation>从文件选择 ICC 配置文件…</translation>
    </message>
</context>
<context>
    <name>CompareCommands</name>
    <message>
        <source>Nearest neighbour</source>
        <translation>最近邻</translation>
    </message>
    <message>
        <source>Bilinear</source>
        <translation>双线性</translation>
    </message>
    <message>
        <source>Bicubic</source>
        <translation>双三次</translation>
    </message>
    <message>
        <source>Lanczos</source>
        <translation>Lanczos</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>出现错误</translation>
    </message>
    <message>
        <source>Stepless made an error; your photos are untouched, and as a rule you can go on working.</source>
        <translation>Stepless 出现错误；您的照片未受影响，通常可以继续使用。</translation>
    </message>
    <message>
        <source>Show details</source>
        <translation>显示详细信息</translation>
    </message>
    <message>
        <source>Further errors since then: {0}.</source>
        <translation>此后又出现的错误：{0} 个。</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>复制诊断信息</translation>
    </message>
    <message>
        <source>Show log file</source>
        <translation>显示日志文件</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation>隐藏详细信息</translation>
    </message>
    <message>
        <source>The diagnostics are in the clipboard; your own folder is written as ~ in them.</source>
        <translation>诊断信息已复制到剪贴板；其中您的主文件夹以 ~ 表示。</translation>
    </message>
    <message>
        <source>The log file is {0}.</source>
        <translation>日志文件为 {0}。</translation>
    </message>
</context>
<context>
    <name>Drawer</name>
    <message>
        <source>Information</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>Pixel under the cursor</source>
        <translation>光标处的像素</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>FolderBrowser</name>
    <message>
        <source>Skipped: {0}</source>
        <translation>已跳过：{0}</translation>
    </message>
    <message>
        <source>{0} files that cannot be opened were skipped, the first is {1}.</source>
        <translation>已跳过 {0} 个无法打开的文件，第一个是 {1}。</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>General</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>The whole photo</source>
        <translation>整张照片</translation>
    </message>
    <message>
        <source>Its width</source>
        <translation>适合宽度</translation>
    </message>
    <message>
        <source>Its height</source>
        <translation>适合高度</translation>
    </message>
    <message>
        <source>No empty part of the window</source>
        <translation>填满窗口</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>The grey around the photo has no tint in either theme.</source>
        <translation>两种主题下，照片周围均为不偏色的中性灰。</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>The language of all texts, from now on.</source>
        <translation>所有文字的语言，立即生效。</translation>
    </message>
    <message>
        <source>Photos &amp;open with</source>
        <translation>打开照片时显示(&amp;O)</translation>
    </message>
    <message>
        <source>What of a photo is seen at first.</source>
        <translation>照片打开后首先看到的范围。</translation>
    </message>
    <message>
        <source>S&amp;mooth motion</source>
        <translation>平滑动画(&amp;M)</translation>
    </message>
    <message>
        <source>Zooming glides for a moment.</source>
        <translation>缩放时平滑过渡。</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>A photo that is &amp;flicked slides on</source>
        <translation>快速拖动后照片继续滑动(&amp;F)</translation>
    </message>
    <message>
        <source>When off, it stops where the mouse button is released.</source>
        <translation>关闭时，松开鼠标按键即停止。</translation>
    </message>
    <message>
        <source>Open the last photo at the &amp;start</source>
        <translation>启动时打开上次的照片(&amp;S)</translation>
    </message>
    <message>
        <source>At the place and zoom where it was left.</source>
        <translation>恢复上次的位置和缩放比例。</translation>
    </message>
</context>
<context>
    <name>HelpOverlay</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Zoom about the pointer</source>
        <translation>以光标为中心缩放</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>Move the photo</source>
        <translation>移动照片</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>拖动</translation>
    </message>
    <message>
        <source>Fit window or 100 %</source>
        <translation>适合窗口或 100 %</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>鼠标</translation>
    </message>
</context>
<context>
    <name>HistogramView</name>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>Mean luminance {0} of 255; {1} % black, {2} % white</source>
        <translation>平均亮度 {0}（最大 255）；纯黑 {1} %，纯白 {2} %</translation>
    </message>
</context>
<context>
    <name>KeysOfAction</name>
    <message>
        <source>Take {0} away</source>
        <translation>移除 {0}</translation>
    </message>
    <message>
        <source>A&amp;dd a key:</source>
        <translation>添加按键(&amp;D)：</translation>
    </message>
    <message>
        <source>Press the key to add</source>
        <translation>请按下要添加的按键</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>重置(&amp;R)</translation>
    </message>
    <message>
        <source>Give this action its default keys</source>
        <translation>恢复此操作的默认按键</translation>
    </message>
    <message>
        <source>&amp;Use it here instead</source>
        <translation>改在此处使用(&amp;U)</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Stepless</source>
        <translation>Stepless</translation>
    </message>
</context>
<context>
    <name>MemoryPage</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Changes on this page take effect when Stepless is started again.</source>
        <translation>此页的更改将在重新启动 Stepless 后生效。</translation>
    </message>
    <message>
        <source>&amp;Photo</source>
        <translation>照片(&amp;P)</translation>
    </message>
    <message>
        <source>Larger photos are kept in a temporary file on the disk instead.</source>
        <translation>更大的照片改为存放在磁盘上的临时文件中。</translation>
    </message>
    <message>
        <source>&amp;Encoded photo</source>
        <translation>照片编码(&amp;E)</translation>
    </message>
    <message>
        <source>What the model has found in the photo; what has no room is computed again when it is needed.</source>
        <translation>模型从照片中提取的特征；放不下的部分会在需要时重新计算。</translation>
    </message>
    <message>
        <source>&amp;Finished pixels</source>
        <translation>已完成的像素(&amp;F)</translation>
    </message>
    <message>
        <source>Parts of the view that were sharp already and come back at once.</source>
        <translation>已经清晰、可立即再次显示的画面部分。</translation>
    </message>
</context>
<context>
    <name>ModelCommands</name>
    <message>
        <source>Bicubic (no model)</source>
        <translation>双三次（无模型）</translation>
    </message>
    <message>
        <source>Conventional enlargement, for comparison.</source>
        <translation>传统放大方式，用于比较。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>NVIDIA graphics card (CUDA)</source>
        <translation>NVIDIA 显卡 (CUDA)</translation>
    </message>
    <message>
        <source>Apple graphics (MPS)</source>
        <translation>Apple 图形处理器 (MPS)</translation>
    </message>
    <message>
        <source>Intel graphics (XPU)</source>
        <translation>Intel 显卡 (XPU)</translation>
    </message>
</context>
<context>
    <name>ModelInformation</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>None: conventional enlargement</source>
        <translation>无：传统放大</translation>
    </message>
    <message>
        <source>PSNR in decibels; more is better, and one decibel more can be seen.</source>
        <translation>PSNR，单位为分贝；越高越好，相差 1 分贝即肉眼可见。</translation>
    </message>
    <message>
        <source>{0} to {1} times</source>
        <translation>{0} 至 {1} 倍</translation>
    </message>
    <message>
        <source>{0} steps in {1} hours on {2}</source>
        <translation>{0} 步，{1} 小时，设备：{2}</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Trained for</source>
        <translation>训练倍率</translation>
    </message>
    <message>
        <source>Learned from</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>训练方案</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>bicubic</source>
        <translation>双三次</translation>
    </message>
    <message>
        <source>gain</source>
        <translation>提升</translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>设备(&amp;D)</translation>
    </message>
    <message>
        <source>What the model runs on; automatic takes the quickest of this machine.</source>
        <translation>运行模型的设备；“自动”会选用本机最快的设备。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>&amp;Precision</source>
        <translation>精度(&amp;P)</translation>
    </message>
    <message>
        <source>16 bits are quicker where the device computes them, and hardly visible; 32 bits are exact.</source>
        <translation>在支持的设备上 16 位更快，差异几乎不可见；32 位最精确。</translation>
    </message>
    <message>
        <source>32 bits</source>
        <translation>32 位</translation>
    </message>
    <message>
        <source>16 bits (bfloat16)</source>
        <translation>16 位 (bfloat16)</translation>
    </message>
    <message>
        <source>Measure &amp;again</source>
        <translation>重新测试(&amp;A)</translation>
    </message>
    <message>
        <source>Finds out what is quickest on this machine; it takes some seconds in the background.</source>
        <translation>找出本机上最快的方式；在后台运行，需要几秒钟。</translation>
    </message>
    <message>
        <source>Measured to be quickest: {0}, {1}.</source>
        <translation>测得最快：{0}，{1}。</translation>
    </message>
</context>
<context>
    <name>PhotoCommands</name>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open photo</source>
        <translation>打开照片</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>The view was copied.</source>
        <translation>已复制当前画面。</translation>
    </message>
    <message>
        <source>The view will be copied as soon as it is sharp.</source>
        <translation>画面清晰后将立即复制。</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>剪贴板中没有图片。</translation>
    </message>
</context>
<context>
    <name>PhotoInformation</name>
    <message>
        <source>{0} × {1} ({2} megapixels)</source>
        <translation>{0} × {1}（{2} 百万像素）</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>位深度</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>sRGB (no profile in the file)</source>
        <translation>sRGB（文件中无配置文件）</translation>
    </message>
    <message>
        <source>Taken</source>
        <translation>拍摄时间</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Lens</source>
        <translation>镜头</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>曝光</translation>
    </message>
    <message>
        <source>Focal length</source>
        <translation>焦距</translation>
    </message>
    <message>
        <source>{0} bits per channel, floating point</source>
        <translation>每通道 {0} 位，浮点</translation>
    </message>
    <message>
        <source>{0} bits per channel</source>
        <translation>每通道 {0} 位</translation>
    </message>
    <message>
        <source>{0}, with transparency</source>
        <translation>{0}，含透明度</translation>
    </message>
    <message>
        <source>{0} ({1} mm on 35 mm film)</source>
        <translation>{0}（等效 35 mm 焦距 {1} mm）</translation>
    </message>
</context>
<context>
    <name>PhotoStatusBar</name>
    <message>
        <source>page {0} / {1}</source>
        <translation>第 {0} / {1} 页</translation>
    </message>
    <message>
        <source>Width and height of the photo in pixels</source>
        <translation>照片的宽度和高度（像素）</translation>
    </message>
    <message>
        <source>Number of the photo in its folder</source>
        <translation>照片在文件夹中的序号</translation>
    </message>
    <message>
        <source>Page of the file</source>
        <translation>文件的页码</translation>
    </message>
    <message>
        <source>Device pixels per photo pixel</source>
        <translation>每个照片像素对应的屏幕像素数</translation>
    </message>
    <message>
        <source>Model; grey at 100 % and below, where the photo itself is shown</source>
        <translation>模型；缩放比例不超过 100 % 时显示照片本身，此处变灰</translation>
    </message>
    <message>
        <source>Device that the model runs on</source>
        <translation>运行模型的设备</translation>
    </message>
</context>
<context>
    <name>PixelInformation</name>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>文件中的值</translation>
    </message>
    <message>
        <source>On screen</source>
        <translation>屏幕上的值</translation>
    </message>
</context>
<context>
    <name>PixelOverlay</name>
    <message>
        <source>All pixels are the photo&apos;s own</source>
        <translation>所有像素均来自照片本身</translation>
    </message>
    <message>
        <source>Bicubic, no model</source>
        <translation>双三次，无模型</translation>
    </message>
    <message>
        <source>{model}, trained from ×{low} to ×{high}, shown at ×{zoom}</source>
        <translation>{model}，训练倍率 ×{low} 至 ×{high}，当前 ×{zoom}</translation>
    </message>
    <message>
        <source>Pixel {x}, {y} of the photo: {value}</source>
        <translation>照片像素 ({x}, {y})：{value}</translation>
    </message>
    <message>
        <source>Shown: {value}</source>
        <translation>显示值：{value}</translation>
    </message>
</context>
<context>
    <name>RangeBadge</name>
    <message>
        <source>Beyond ×{0}: inferred</source>
        <translation>超过 ×{0}：推断</translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>&amp;Clear recent photos</source>
        <translation>清除最近打开的照片(&amp;C)</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>These settings cannot be used and have their defaults: {0}.</source>
        <translation>以下设置无效，已恢复默认值：{0}。</translation>
    </message>
    <message>
        <source>{0!r} is not possible for the setting {1}</source>
        <translation>设置 {1} 不能为 {0!r}</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>&amp;Restore defaults</source>
        <translation>恢复默认值(&amp;R)</translation>
    </message>
</context>
<context>
    <name>SharpnessRing</name>
    <message>
        <source>Every visible pixel is final</source>
        <translation>所有可见像素均已完成</translation>
    </message>
    <message>
        <source>Sharpening: {0} of {1} tiles</source>
        <translation>正在变清晰：{0} / {1} 个图块</translation>
    </message>
</context>
<context>
    <name>ShortcutEditor</name>
    <message>
        <source>{0} is needed to move the photo or the focus, or to press buttons.</source>
        <translation>{0} 用于移动照片或焦点，或按下按钮。</translation>
    </message>
    <message>
        <source>First decide which action gets each marked key.</source>
        <translation>请先确定每个标记的按键归哪项操作使用。</translation>
    </message>
    <message>
        <source>{0} is also “{1}”.</source>
        <translation>{0} 也用于“{1}”。</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Find an action or a key</source>
        <translation>查找操作或按键</translation>
    </message>
    <message>
        <source>Actions and their keys</source>
        <translation>操作及其按键</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Reset &amp;all</source>
        <translation>全部重置(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Save shortcuts</source>
        <translation>保存快捷键(&amp;S)</translation>
    </message>
</context>
<context>
    <name>ShortcutsPage</name>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>&amp;Edit shortcuts…</source>
        <translation>编辑快捷键(&amp;E)…</translation>
    </message>
    <message>
        <source>Every action of the menus can have keys of your own.</source>
        <translation>菜单中的每项操作都可以使用您自定义的按键。</translation>
    </message>
    <message>
        <source>Actions with keys of your own: {0}</source>
        <translation>已自定义按键的操作：{0}</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Drop a photo here</source>
        <translation>将照片拖放到此处</translation>
    </message>
    <message>
        <source>or a folder of photos</source>
        <translation>或拖入照片文件夹</translation>
    </message>
    <message>
        <source>&amp;Open photo…</source>
        <translation>打开照片(&amp;O)…</translation>
    </message>
    <message>
        <source>Open the &amp;sample photo</source>
        <translation>打开示例照片(&amp;S)</translation>
    </message>
    <message>
        <source>Recent photos</source>
        <translation>最近打开的照片</translation>
    </message>
    <message>
        <source>Place to drop photos on</source>
        <translation>照片拖放区域</translation>
    </message>
</context>
<context>
    <name>ToolBar</name>
    <message>
        <source>Toolbar</source>
        <translation>工具栏</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>无模型</translation>
    </message>
    <message>
        <source>Model: {0}</source>
        <translation>模型：{0}</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>WindowCommands</name>
    <message>
        <source>The diagnostics were copied.</source>
        <translation>已复制诊断信息。</translation>
    </message>
</context>
<context>
    <name>ZoomField</name>
    <message>
        <source>A zoom is written like 350 %, 3.5x or 1:2.</source>
        <translation>缩放比例的写法如 350 %、3.5x 或 1:2。</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Zoom, as a percentage (350 %), a factor (3.5x) or a ratio (1:2)</source>
        <translation>缩放比例，可为百分比 (350 %)、倍数 (3.5x) 或比值 (1:2)</translation>
    </message>
    <message>
        <source>Zoom slider</source>
        <translation>缩放滑块</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>转到(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Zoom</source>
        <translation>缩放(&amp;Z)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>比较(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Open photo…</source>
        <translation>打开照片(&amp;O)…</translation>
    </message>
    <message>
        <source>Choose a photo to look at.</source>
        <translation>选择要查看的照片。</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Choose a folder and look at its first photo.</source>
        <translation>选择文件夹并查看其中的第一张照片。</translation>
    </message>
    <message>
        <source>Re&amp;load</source>
        <translation>重新加载(&amp;L)</translation>
    </message>
    <message>
        <source>Read the photo from its file again.</source>
        <translation>从文件重新读取照片。</translation>
    </message>
    <message>
        <source>Cop&amp;y view</source>
        <translation>复制画面(&amp;Y)</translation>
    </message>
    <message>
        <source>Copy what is visible as a picture.</source>
        <translation>将可见画面复制为图片。</translation>
    </message>
    <message>
        <source>Copy p&amp;ath</source>
        <translation>复制路径(&amp;A)</translation>
    </message>
    <message>
        <source>Copy the path of the photo&apos;s file.</source>
        <translation>复制照片文件的路径。</translation>
    </message>
    <message>
        <source>Pas&amp;te</source>
        <translation>粘贴(&amp;T)</translation>
    </message>
    <message>
        <source>Look at the picture or the file that was copied.</source>
        <translation>查看已复制的图片或文件。</translation>
    </message>
    <message>
        <source>Show in file &amp;manager</source>
        <translation>在文件管理器中显示(&amp;M)</translation>
    </message>
    <message>
        <source>Open the folder that the photo is in.</source>
        <translation>打开照片所在的文件夹。</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>Change how the program looks and works.</source>
        <translation>更改程序的外观和行为。</translation>
    </message>
    <message>
        <source>Clos&amp;e photo</source>
        <translation>关闭照片(&amp;E)</translation>
    </message>
    <message>
        <source>Go back to the start page.</source>
        <translation>返回起始页。</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>End the program.</source>
        <translation>退出程序。</translation>
    </message>
    <message>
        <source>&amp;Previous photo</source>
        <translation>上一张照片(&amp;P)</translation>
    </message>
    <message>
        <source>Go to the photo before this one in the folder.</source>
        <translation>转到文件夹中的上一张照片。</translation>
    </message>
    <message>
        <source>&amp;Next photo</source>
        <translation>下一张照片(&amp;N)</translation>
    </message>
    <message>
        <source>Go to the photo after this one in the folder.</source>
        <translation>转到文件夹中的下一张照片。</translation>
    </message>
    <message>
        <source>&amp;First photo</source>
        <translation>第一张照片(&amp;F)</translation>
    </message>
    <message>
        <source>Go to the first photo of the folder.</source>
        <translation>转到文件夹中的第一张照片。</translation>
    </message>
    <message>
        <source>&amp;Last photo</source>
        <translation>最后一张照片(&amp;L)</translation>
    </message>
    <message>
        <source>Go to the last photo of the folder.</source>
        <translation>转到文件夹中的最后一张照片。</translation>
    </message>
    <message>
        <source>Pre&amp;vious page</source>
        <translation>上一页(&amp;V)</translation>
    </message>
    <message>
        <source>Go to the page before this one in a file of several pages.</source>
        <translation>转到多页文件的上一页。</translation>
    </message>
    <message>
        <source>Ne&amp;xt page</source>
        <translation>下一页(&amp;X)</translation>
    </message>
    <message>
        <source>Go to the page after this one in a file of several pages.</source>
        <translation>转到多页文件的下一页。</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Make the photo larger.</source>
        <translation>放大照片。</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>Make the photo smaller.</source>
        <translation>缩小照片。</translation>
    </message>
    <message>
        <source>&amp;Fit window</source>
        <translation>适合窗口(&amp;F)</translation>
    </message>
    <message>
        <source>Show the whole photo.</source>
        <translation>显示整张照片。</translation>
    </message>
    <message>
        <source>Fit &amp;width</source>
        <translation>适合宽度(&amp;W)</translation>
    </message>
    <message>
        <source>Make the photo as wide as the window.</source>
        <translation>使照片与窗口同宽。</translation>
    </message>
    <message>
        <source>Fit &amp;height</source>
        <translation>适合高度(&amp;H)</translation>
    </message>
    <message>
        <source>Make the photo as high as the window.</source>
        <translation>使照片与窗口同高。</translation>
    </message>
    <message>
        <source>Fill wi&amp;ndow</source>
        <translation>填满窗口(&amp;N)</translation>
    </message>
    <message>
        <source>Cover the whole window with the photo.</source>
        <translation>用照片填满整个窗口。</translation>
    </message>
    <message>
        <source>&amp;100 %</source>
        <translation>&amp;100 %</translation>
    </message>
    <message>
        <source>Show one pixel of the photo as one pixel of the screen.</source>
        <translation>照片的一个像素显示为屏幕的一个像素。</translation>
    </message>
    <message>
        <source>&amp;200 %</source>
        <translation>&amp;200 %</translation>
    </message>
    <message>
        <source>Show the photo at twice its size.</source>
        <translation>以两倍大小显示照片。</translation>
    </message>
    <message>
        <source>&amp;400 %</source>
        <translation>&amp;400 %</translation>
    </message>
    <message>
        <source>Show the photo at four times its size.</source>
        <translation>以四倍大小显示照片。</translation>
    </message>
    <message>
        <source>&amp;800 %</source>
        <translation>&amp;800 %</translation>
    </message>
    <message>
        <source>Show the photo at eight times its size.</source>
        <translation>以八倍大小显示照片。</translation>
    </message>
    <message>
        <source>&amp;Enter zoom…</source>
        <translation>输入缩放比例(&amp;E)…</translation>
    </message>
    <message>
        <source>Type a zoom such as 350 % or 3.5 : 1.</source>
        <translation>输入缩放比例，如 350 % 或 3.5 : 1。</translation>
    </message>
    <message>
        <source>Move &amp;left</source>
        <translation>向左移动(&amp;L)</translation>
    </message>
    <message>
        <source>Show more of the photo&apos;s left.</source>
        <translation>显示照片更靠左的部分。</translation>
    </message>
    <message>
        <source>Move &amp;right</source>
        <translation>向右移动(&amp;R)</translation>
    </message>
    <message>
        <source>Show more of the photo&apos;s right.</source>
        <translation>显示照片更靠右的部分。</translation>
    </message>
    <message>
        <source>Move &amp;up</source>
        <translation>向上移动(&amp;U)</translation>
    </message>
    <message>
        <source>Show more of the photo&apos;s top.</source>
        <translation>显示照片更靠上的部分。</translation>
    </message>
    <message>
        <source>Move &amp;down</source>
        <translation>向下移动(&amp;D)</translation>
    </message>
    <message>
        <source>Show more of the photo&apos;s bottom.</source>
        <translation>显示照片更靠下的部分。</translation>
    </message>
    <message>
        <source>Loc&amp;k view</source>
        <translation>锁定视图(&amp;K)</translation>
    </message>
    <message>
        <source>Keep zoom and place when another photo is shown.</source>
        <translation>切换照片时保持缩放比例和位置。</translation>
    </message>
    <message>
        <source>Rotate &amp;left</source>
        <translation>向左旋转(&amp;L)</translation>
    </message>
    <message>
        <source>Turn the photo on screen; its file stays as it is.</source>
        <translation>仅在屏幕上旋转照片，不更改文件。</translation>
    </message>
    <message>
        <source>Rotate &amp;right</source>
        <translation>向右旋转(&amp;R)</translation>
    </message>
    <message>
        <source>Mirror &amp;horizontally</source>
        <translation>水平翻转(&amp;H)</translation>
    </message>
    <message>
        <source>Swap left and right on screen; the file stays as it is.</source>
        <translation>仅在屏幕上左右翻转，不更改文件。</translation>
    </message>
    <message>
        <source>Mirror &amp;vertically</source>
        <translation>垂直翻转(&amp;V)</translation>
    </message>
    <message>
        <source>Swap top and bottom on screen; the file stays as it is.</source>
        <translation>仅在屏幕上上下翻转，不更改文件。</translation>
    </message>
    <message>
        <source>&amp;Upright</source>
        <translation>恢复原始方向(&amp;U)</translation>
    </message>
    <message>
        <source>Show the photo as its file says, neither turned nor mirrored.</source>
        <translation>按文件中的方向显示照片，不旋转也不翻转。</translation>
    </message>
    <message>
        <source>Mi&amp;nimap</source>
        <translation>缩略导航图(&amp;N)</translation>
    </message>
    <message>
        <source>Show in a corner which part of the photo is visible.</source>
        <translation>在角落显示当前可见的照片区域。</translation>
    </message>
    <message>
        <source>Pixel &amp;overlay</source>
        <translation>像素网格(&amp;O)</translation>
    </message>
    <message>
        <source>Show the borders of the photo&apos;s own pixels from 800 % on.</source>
        <translation>从 800 % 起显示照片自身像素的边界。</translation>
    </message>
    <message>
        <source>&amp;Information</source>
        <translation>信息(&amp;I)</translation>
    </message>
    <message>
        <source>Show what is known about the photo and the model.</source>
        <translation>显示照片和模型的信息。</translation>
    </message>
    <message>
        <source>Full s&amp;creen</source>
        <translation>全屏(&amp;C)</translation>
    </message>
    <message>
        <source>Show nothing but the photo.</source>
        <translation>只显示照片。</translation>
    </message>
    <message>
        <source>L&amp;eave</source>
        <translation>离开(&amp;E)</translation>
    </message>
    <message>
        <source>Leave the help, full screen or the comparison.</source>
        <translation>退出帮助、全屏或比较。</translation>
    </message>
    <message>
        <source>Com&amp;pare</source>
        <translation>比较(&amp;P)</translation>
    </message>
    <message>
        <source>See the photo beside another way to enlarge it.</source>
        <translation>与另一种放大方式对照查看照片。</translation>
    </message>
    <message>
        <source>&amp;Split</source>
        <translation>分屏(&amp;S)</translation>
    </message>
    <message>
        <source>Compare on the two sides of a line that can be dragged.</source>
        <translation>在可拖动分界线的两侧进行比较。</translation>
    </message>
    <message>
        <source>&amp;Loupe</source>
        <translation>放大镜(&amp;L)</translation>
    </message>
    <message>
        <source>Compare inside a circle that follows the pointer.</source>
        <translation>在跟随光标的圆圈内进行比较。</translation>
    </message>
    <message>
        <source>&amp;Difference</source>
        <translation>差异(&amp;D)</translation>
    </message>
    <message>
        <source>Show where the two differ, and how much.</source>
        <translation>显示两者的不同之处及差异大小。</translation>
    </message>
    <message>
        <source>&amp;Turn the line</source>
        <translation>切换分界线方向(&amp;T)</translation>
    </message>
    <message>
        <source>Split side by side, or one above the other.</source>
        <translation>左右分屏或上下分屏。</translation>
    </message>
    <message>
        <source>&amp;Flip (hold the key)</source>
        <translation>快速切换（按住按键）(&amp;F)</translation>
    </message>
    <message>
        <source>Show the other one everywhere while the key is held.</source>
        <translation>按住按键时，整个画面显示另一方。</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>Show all keys over the window.</source>
        <translation>在窗口上显示所有按键。</translation>
    </message>
    <message>
        <source>&amp;Edit shortcuts…</source>
        <translation>编辑快捷键(&amp;E)…</translation>
    </message>
    <message>
        <source>Choose other keys.</source>
        <translation>选择其他按键。</translation>
    </message>
    <message>
        <source>Copy &amp;diagnostics</source>
        <translation>复制诊断信息(&amp;D)</translation>
    </message>
    <message>
        <source>Copy what a report of a fault should contain.</source>
        <translation>复制故障报告所需的信息。</translation>
    </message>
    <message>
        <source>&amp;About Stepless</source>
        <translation>关于 Stepless(&amp;A)</translation>
    </message>
    <message>
        <source>Show version and licence.</source>
        <translation>显示版本和许可证。</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>设备(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Precision</source>
        <translation>精度(&amp;P)</translation>
    </message>
    <message>
        <source>Compare &amp;with</source>
        <translation>比较对象(&amp;W)</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
</context>
<context>
    <name>messages</name>
    <message>
        <source>This photo cannot be opened</source>
        <translation>无法打开此照片</translation>
    </message>
    <message>
        <source>This file cannot be written</source>
        <translation>无法写入此文件</translation>
    </message>
    <message>
        <source>This is not possible</source>
        <translation>无法执行此操作</translation>
    </message>
    <message>
        <source>This model is unknown here</source>
        <translation>此模型无法识别</translation>
    </message>
    <message>
        <source>This model cannot be used</source>
        <translation>无法使用此模型</translation>
    </message>
    <message>
        <source>There is too little memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>The model cannot run here</source>
        <translation>模型无法在此运行</translation>
    </message>
    <message>
        <source>These photos cannot be used for training</source>
        <translation>这些照片无法用于训练</translation>
    </message>
    <message>
        <source>The training has stopped</source>
        <translation>训练已停止</translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation>出现错误</translation>
    </message>
</context>
<context>
    <name>own_file</name>
    <message>
        <source>{0} cannot be read ({1}); the defaults are used.</source>
        <translation>无法读取 {0}（{1}）；将使用默认值。</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1}.</source>
        <translation>无法写入 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} was damaged; it is kept as {1}, and the defaults are used.</source>
        <translation>{0} 已损坏；已另存为 {1}，并使用默认值。</translation>
    </message>
</context>
</TS>
