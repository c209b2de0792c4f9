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
    <message>
        <source>Other licences</source>
        <translation>其他许可证</translation>
    </message>
    <message>
        <source>Shows the licences of the software that Stepless uses.</source>
        <translation>显示 Stepless 所用软件的许可证。</translation>
    </message>
</context>
<context>
    <name>AdvancedOptions</name>
    <message>
        <source>{0} patches at a time</source>
        <translation>每次 {0} 块</translation>
    </message>
    <message>
        <source>All at once</source>
        <translation>一次全部</translation>
    </message>
    <message>
        <source>Bat&amp;ch</source>
        <translation>批大小(&amp;C)</translation>
    </message>
    <message>
        <source>Patches of photos that each step learns from. More make smoother steps, which take longer.</source>
        <translation>每一步所学习的照片小块数。越多则每步越平稳，但耗时更长。</translation>
    </message>
    <message>
        <source>M&amp;emory</source>
        <translation>内存(&amp;E)</translation>
    </message>
    <message>
        <source>Fewer at a time need less memory and give the same result. Where memory runs out, this is done by itself.</source>
        <translation>每次计算得越少，所需内存越少，结果相同。内存不足时会自动减少。</translation>
    </message>
    <message>
        <source>&amp;Learning rate</source>
        <translation>学习率(&amp;L)</translation>
    </message>
    <message>
        <source>How far a step moves the model at most; it becomes smaller towards the end.</source>
        <translation>每一步最多移动模型多少；越接近结束越小。</translation>
    </message>
    <message>
        <source>Meas&amp;ure every</source>
        <translation>验证间隔(&amp;U)</translation>
    </message>
    <message>
        <source>Steps between two validations: the PSNR on photos that the model does not learn from.</source>
        <translation>两次验证之间的步数：在模型未学习的照片上测量 PSNR。</translation>
    </message>
    <message>
        <source>L&amp;icence</source>
        <translation>许可证(&amp;I)</translation>
    </message>
    <message>
        <source>Of the photos, for the model card; matters when you give the model to others.</source>
        <translation>照片的许可证，写入模型卡；将模型分享给他人时需要。</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
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
        <source>The photo has changed on the disk and is shown as it was, since {0}.</source>
        <translation>照片文件已更改，但仍按原样显示，因为：{0}。</translation>
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
        <source>Photos are converted to it. Automatic takes the profile that the system has for the screen, and sRGB where it has none.</source>
        <translation>照片会转换到该色彩空间。“自动”采用系统为屏幕设置的配置文件；若没有，则使用 sRGB。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
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
    <name>CropGroup</name>
    <message>
        <source>At most {0} px: the photo has {1} × {2} pixels, and the crop stays inside of it.</source>
        <translation>最多 {0} px：照片为 {1} × {2} 像素，裁剪不能超出照片。</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>自由</translation>
    </message>
    <message>
        <source>As the photo</source>
        <translation>与照片相同</translation>
    </message>
    <message>
        <source>A4 paper</source>
        <translation>A4 纸</translation>
    </message>
    <message>
        <source>Square (1:1)</source>
        <translation>正方形 (1:1)</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>裁剪</translation>
    </message>
    <message>
        <source>Aspe&amp;ct</source>
        <translation>比例(&amp;C)</translation>
    </message>
    <message>
        <source>Aspect of the crop</source>
        <translation>裁剪比例</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左</translation>
    </message>
    <message>
        <source>Left edge of the crop</source>
        <translation>裁剪的左边</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>上</translation>
    </message>
    <message>
        <source>Top edge of the crop</source>
        <translation>裁剪的上边</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽</translation>
    </message>
    <message>
        <source>Width of the crop</source>
        <translation>裁剪的宽</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高</translation>
    </message>
    <message>
        <source>Height of the crop</source>
        <translation>裁剪的高</translation>
    </message>
    <message>
        <source>Exchange width and height</source>
        <translation>交换宽和高</translation>
    </message>
    <message>
        <source>Crop to what &amp;you see</source>
        <translation>裁剪为所见范围(&amp;Y)</translation>
    </message>
</context>
<context>
    <name>Curves</name>
    <message>
        <source>PSNR in dB</source>
        <translation>PSNR（dB）</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>PSNR of the model over its steps</source>
        <translation>模型的 PSNR 随步数的变化</translation>
    </message>
    <message>
        <source>Loss over the steps</source>
        <translation>损失随步数的变化</translation>
    </message>
    <message>
        <source>{0}: {1} dB, bicubic {2} dB</source>
        <translation>{0}：{1} dB，双三次 {2} dB</translation>
    </message>
</context>
<context>
    <name>DisplayFollower</name>
    <message>
        <source>Photos are shown in sRGB: {0}</source>
        <translation>照片以 sRGB 显示：{0}</translation>
    </message>
</context>
<context>
    <name>Drawer</name>
    <message>
        <source>Information</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Close the drawer</source>
        <translation>关闭侧栏</translation>
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
    <name>EvaluationDialog</name>
    <message>
        <source>{0} of {1}: {2} at {3}</source>
        <translation>第 {0} 项，共 {1} 项：{2}，{3}</translation>
    </message>
    <message>
        <source>Choose photos</source>
        <translation>选择照片</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>The table was copied.</source>
        <translation>已复制表格。</translation>
    </message>
    <message>
        <source>Brightness was compared, without a border of the scale.</source>
        <translation>比较的是亮度，不含宽度等于倍数的边缘。</translation>
    </message>
    <message>
        <source>Colours were compared, without a border of the scale and 6 pixels more.</source>
        <translation>比较的是颜色，不含宽度为倍数再加 6 像素的边缘。</translation>
    </message>
    <message>
        <source>One photo was left out: {0}</source>
        <translation>略去了一张照片：{0}</translation>
    </message>
    <message>
        <source>{0} photos were left out. The first: {1}</source>
        <translation>略去了 {0} 张照片。第一张：{1}</translation>
    </message>
    <message>
        <source>Measure quality</source>
        <translation>测量质量</translation>
    </message>
    <message>
        <source>Photos are reduced, enlarged by “{0}” and by bicubic, and compared with what they were.</source>
        <translation>将照片缩小，再分别用“{0}”和双三次放大，并与原图比较。</translation>
    </message>
    <message>
        <source>Any folder of photos will do. That of a benchmark holds HR/NAME.png, and LR_bicubic/X2/NAMEx2.png where the small photos are given.</source>
        <translation>任何照片文件夹都可以。基准数据集的文件夹中应有 HR/名称.png；若已有缩小的照片，则还有 LR_bicubic/X2/名称x2.png。</translation>
    </message>
    <message>
        <source>&amp;Folder</source>
        <translation>文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Scales</source>
        <translation>倍数(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Protocol</source>
        <translation>协议(&amp;P)</translation>
    </message>
    <message>
        <source>As usual for the folder&apos;s name</source>
        <translation>按文件夹名称的惯例</translation>
    </message>
    <message>
        <source>Benchmark: brightness</source>
        <translation>Benchmark：亮度</translation>
    </message>
    <message>
        <source>DIV2K: colours</source>
        <translation>DIV2K：颜色</translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation>选择(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Measure</source>
        <translation>测量(&amp;M)</translation>
    </message>
    <message>
        <source>Copy as Mark&amp;down</source>
        <translation>复制为 Markdown(&amp;D)</translation>
    </message>
    <message>
        <source>Copy as CS&amp;V</source>
        <translation>复制为 CSV(&amp;V)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>What was measured</source>
        <translation>测量结果</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>倍数</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Bicubic, dB</source>
        <translation>双三次，dB</translation>
    </message>
    <message>
        <source>Gain, dB</source>
        <translation>增益，dB</translation>
    </message>
    <message>
        <source>Bicubic, SSIM</source>
        <translation>双三次，SSIM</translation>
    </message>
</context>
<context>
    <name>ExportCommands</name>
    <message>
        <source>The photo is still being read; it can be exported in a moment.</source>
        <translation>照片仍在读取，稍后即可导出。</translation>
    </message>
    <message>
        <source>Bicubic (no model)</source>
        <translation>双三次（无模型）</translation>
    </message>
    <message>
        <source>{0} photos are looked at before they are exported…</source>
        <translation>导出前正在检查 {0} 张照片…</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Transparent parts become white.</source>
        <translation>透明部分将变为白色。</translation>
    </message>
    <message>
        <source>Estimating time, memory and the size of the file…</source>
        <translation>正在估算时间、内存和文件大小…</translation>
    </message>
    <message>
        <source>Export “{0}”</source>
        <translation>导出“{0}”</translation>
    </message>
    <message>
        <source>At 100 %, as it will be in the file; click on the photo to choose the spot</source>
        <translation>100 % 显示，与文件中相同；点击照片选择位置</translation>
    </message>
</context>
<context>
    <name>ExportIndicator</name>
    <message>
        <source>Show the exports</source>
        <translation>显示导出队列</translation>
    </message>
    <message>
        <source>Export {0} of {1}</source>
        <translation>导出第 {0} 个，共 {1} 个</translation>
    </message>
    <message>
        <source>{0}: paused</source>
        <translation>{0}：已暂停</translation>
    </message>
</context>
<context>
    <name>ExportPresets</name>
    <message>
        <source>Keep as a preset</source>
        <translation>保存为预设</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>预设名称</translation>
    </message>
</context>
<context>
    <name>ExportPreview</name>
    <message>
        <source>Rendering…</source>
        <translation>正在渲染…</translation>
    </message>
    <message>
        <source>Piece of the export at 100 %</source>
        <translation>导出结果的 100 % 局部</translation>
    </message>
    <message>
        <source>This is what the file will look like at 100 %, compression included; drag to move.</source>
        <translation>文件在 100 % 下就是这个样子，包括压缩效果；拖动可移动。</translation>
    </message>
</context>
<context>
    <name>ExportQueuePanel</name>
    <message>
        <source>Exports</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>清除已完成</translation>
    </message>
</context>
<context>
    <name>ExportStage</name>
    <message>
        <source>Photo and crop</source>
        <translation>照片和裁剪</translation>
    </message>
    <message>
        <source>Drag the crop or draw a new one; a click chooses the spot that is shown at 100 %.
Arrow keys move the crop, with {0} they change its size, with {1} by ten pixels; with {2} they move the spot.</source>
        <translation>拖动裁剪框或画一个新的；点击选择以 100 % 显示的位置。
方向键移动裁剪框，按住 {0} 改变大小，按住 {1} 一次十个像素；按住 {2} 移动位置。</translation>
    </message>
</context>
<context>
    <name>ExportTexts</name>
    <message>
        <source>less than 1 s</source>
        <translation>不到 1 秒</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} 小时 {1} 分钟</translation>
    </message>
    <message>
        <source>E&amp;xport {0} photos</source>
        <translation>导出 {0} 张照片(&amp;X)</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>导出(&amp;X)</translation>
    </message>
    <message>
        <source>E&amp;xport {0} pixels</source>
        <translation>导出 {0} 像素(&amp;X)</translation>
    </message>
    <message>
        <source>E&amp;xport {0} megapixels</source>
        <translation>导出 {0} 百万像素(&amp;X)</translation>
    </message>
    <message>
        <source>{0} photos become {1} files in “{2}”, this one with {3} pixels ({4} megapixels).</source>
        <translation>{0} 张照片将成为“{2}”中的 {1} 文件，这一张为 {3} 像素（{4} 百万像素）。</translation>
    </message>
    <message>
        <source>The whole photo becomes a {0} file of {1} pixels ({2} megapixels), {3} of the photo’s own size.</source>
        <translation>整张照片将成为 {1} 像素（{2} 百万像素）的 {0} 文件，为照片自身尺寸的 {3}。</translation>
    </message>
    <message>
        <source>What you see becomes a {0} file of {1} pixels ({2} megapixels), {3} of the photo’s own size.</source>
        <translation>所见范围将成为 {1} 像素（{2} 百万像素）的 {0} 文件，为照片自身尺寸的 {3}。</translation>
    </message>
    <message>
        <source>The crop becomes a {0} file of {1} pixels ({2} megapixels), {3} of the photo’s own size.</source>
        <translation>裁剪部分将成为 {1} 像素（{2} 百万像素）的 {0} 文件，为照片自身尺寸的 {3}。</translation>
    </message>
    <message>
        <source>About {0} on the disk, {1}, and up to {2} of memory.</source>
        <translation>磁盘约 {0}，{1}，内存最多 {2}。</translation>
    </message>
    <message>
        <source>This size gives no picture: at least 1 pixel is needed.</source>
        <translation>这个尺寸没有图像：至少需要 1 个像素。</translation>
    </message>
    <message>
        <source>This is too large for {0}: a side has at most {1} pixels there.</source>
        <translation>对 {0} 来说太大：每边最多 {1} 像素。</translation>
    </message>
    <message>
        <source>This is too large for {0}: at most {1} megapixels are possible.</source>
        <translation>对 {0} 来说太大：最多 {1} 百万像素。</translation>
    </message>
    <message>
        <source>There is no folder “{0}”.</source>
        <translation>没有文件夹“{0}”。</translation>
    </message>
    <message>
        <source>You may not write into the folder “{0}”.</source>
        <translation>不能写入文件夹“{0}”。</translation>
    </message>
    <message>
        <source>“{0}” is a folder; the name of a file is needed.</source>
        <translation>“{0}”是文件夹；需要一个文件名。</translation>
    </message>
    <message>
        <source>“{0}” is write-protected; choose another name.</source>
        <translation>“{0}”有写保护；请换一个名称。</translation>
    </message>
    <message>
        <source>“{0}” is the photo itself, which an export never replaces; choose another name.</source>
        <translation>“{0}”就是照片本身，导出不会替换它；请换一个名称。</translation>
    </message>
    <message>
        <source>The name of a {0} file ends in {1}.</source>
        <translation>{0} 文件的名称以 {1} 结尾。</translation>
    </message>
    <message>
        <source>“{0}” is no name of a file.</source>
        <translation>“{0}”不是文件名。</translation>
    </message>
    <message>
        <source>The names are not possible: {0}.</source>
        <translation>名称不可用：{0}。</translation>
    </message>
    <message>
        <source>The file needs about {0}, and only {1} are free on this disk.</source>
        <translation>文件约需 {0}，而此磁盘只剩 {1}。</translation>
    </message>
    <message>
        <source>Done: {0} pixels, {1}</source>
        <translation>完成：{0} 像素，{1}</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Done before</source>
        <translation>此前已完成</translation>
    </message>
    <message>
        <source>this is the first of several pages</source>
        <translation>这是多页文件的第一页</translation>
    </message>
    <message>
        <source>transparent parts are white</source>
        <translation>透明部分变为白色</translation>
    </message>
    <message>
        <source>its EXIF block was too long and is left out</source>
        <translation>EXIF 数据过长，已省略</translation>
    </message>
    <message>
        <source>its XMP block was too long and is left out</source>
        <translation>XMP 数据过长，已省略</translation>
    </message>
    <message>
        <source>the format has no place for its IPTC records</source>
        <translation>此格式无处存放 IPTC 记录</translation>
    </message>
    <message>
        <source>the graphics card failed, the processor finished it</source>
        <translation>显卡出错，由处理器完成</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
    <message>
        <source>Reading the photo</source>
        <translation>正在读取照片</translation>
    </message>
    <message>
        <source>Rendering</source>
        <translation>正在渲染</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>正在编码</translation>
    </message>
    <message>
        <source>Checking the file</source>
        <translation>正在检查文件</translation>
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
    <name>FormatGroup</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>&amp;Quality</source>
        <translation>质量(&amp;Q)</translation>
    </message>
    <message>
        <source>C&amp;olours</source>
        <translation>颜色(&amp;O)</translation>
    </message>
    <message>
        <source>Com&amp;pression</source>
        <translation>压缩(&amp;P)</translation>
    </message>
    <message>
        <source>In &amp;tiles, for programs that read parts</source>
        <translation>分块(&amp;T)，便于程序读取局部</translation>
    </message>
    <message>
        <source>Keep tr&amp;ansparency</source>
        <translation>保留透明度(&amp;A)</translation>
    </message>
    <message>
        <source>Keep &amp;metadata: camera, time, author</source>
        <translation>保留元数据(&amp;M)：相机、时间、作者</translation>
    </message>
    <message>
        <source>Dept&amp;h</source>
        <translation>位深(&amp;H)</translation>
    </message>
    <message>
        <source>Lossl&amp;ess: every pixel exact, a larger file</source>
        <translation>无损(&amp;E)：每个像素都精确，文件更大</translation>
    </message>
    <message>
        <source>With smaller copies (pyramid), for viewers of huge pictures</source>
        <translation>附带缩小的副本（金字塔），便于查看超大图片</translation>
    </message>
    <message>
        <source>Keep the place where it was taken</source>
        <translation>保留拍摄地点</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>格式(&amp;F)</translation>
    </message>
    <message>
        <source>8 bits per channel</source>
        <translation>每通道 8 位</translation>
    </message>
    <message>
        <source>16 bits per channel</source>
        <translation>每通道 16 位</translation>
    </message>
    <message>
        <source>Full resolution (4:4:4)</source>
        <translation>全分辨率 (4:4:4)</translation>
    </message>
    <message>
        <source>Half resolution (4:2:0), a smaller file</source>
        <translation>半分辨率 (4:2:0)，文件更小</translation>
    </message>
    <message>
        <source>Deflate</source>
        <translation>Deflate</translation>
    </message>
    <message>
        <source>No compression</source>
        <translation>不压缩</translation>
    </message>
    <message>
        <source>0: none; 1: quick; 9: the smallest file, several times slower</source>
        <translation>0：不压缩；1：快速；9：文件最小，但要慢几倍</translation>
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
        <source>Zooming glides for a moment, and what becomes sharp fades in.</source>
        <translation>缩放会平滑过渡，变清晰的部分会逐渐显现。</translation>
    </message>
    <message>
        <source>At the place and zoom where it was left, turned and compared as it was.</source>
        <translation>恢复离开时的位置、缩放、旋转和对比方式。</translation>
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
    <name>ImportCommands</name>
    <message>
        <source>Model files</source>
        <translation>模型文件</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Install a model</source>
        <translation>安装模型</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Reading the file…</source>
        <translation>正在读取文件…</translation>
    </message>
    <message>
        <source>Installing…</source>
        <translation>正在安装…</translation>
    </message>
    <message>
        <source>Install a model</source>
        <translation>安装模型</translation>
    </message>
    <message>
        <source>&amp;Install</source>
        <translation>安装(&amp;I)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Unknown licence: the file does not say who made it, or what may be done with it.</source>
        <translation>许可证未知：文件没有说明由谁制作，也没有说明可以如何使用。</translation>
    </message>
    <message>
        <source>{0}, {1}: a published checkpoint, which is converted.</source>
        <translation>{0}，{1}：已发布的检查点，将被转换。</translation>
    </message>
    <message>
        <source>{0}, {1}: a model of Stepless.</source>
        <translation>{0}，{1}：Stepless 模型。</translation>
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
    <name>LicencesDialog</name>
    <message>
        <source>Licences of other software</source>
        <translation>其他软件的许可证</translation>
    </message>
    <message>
        <source>Stepless contains or uses the following software:</source>
        <translation>Stepless 包含或使用以下软件：</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读取……</translation>
    </message>
    <message>
        <source>The licences cannot be read: {0}</source>
        <translation>无法读取许可证：{0}</translation>
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
    <name>ManagerCommands</name>
    <message>
        <source>The model “{0}” was installed.</source>
        <translation>已安装模型“{0}”。</translation>
    </message>
    <message>
        <source>Remove model</source>
        <translation>删除模型</translation>
    </message>
    <message>
        <source>Remove “{0}”?</source>
        <translation>删除“{0}”？</translation>
    </message>
    <message>
        <source>Its file ({0}) is deleted for good.</source>
        <translation>其文件（{0}）将被永久删除。</translation>
    </message>
    <message>
        <source>It is in use or a default; the program&apos;s own default takes its place.</source>
        <translation>它正在使用或是默认模型；将改用程序自带的默认模型。</translation>
    </message>
    <message>
        <source>Trainings that are to begin with it could not any more: {0}.</source>
        <translation>以下训练要以它为起点，之后将无法开始：{0}。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The model “{0}” was removed.</source>
        <translation>已删除模型“{0}”。</translation>
    </message>
</context>
<context>
    <name>MemoryPage</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Changes on this page take effect at once.</source>
        <translation>本页的更改立即生效。</translation>
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
        <source>{0} on a processor, {1} on a graphics card.</source>
        <translation>在处理器上用 {0}，在显卡上用 {1}。</translation>
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
    <name>ModelDetails</name>
    <message>
        <source>with the program</source>
        <translation>随程序提供</translation>
    </message>
    <message>
        <source>installed by you</source>
        <translation>由您安装</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>is being computed…</source>
        <translation>正在计算…</translation>
    </message>
    <message>
        <source>as published</source>
        <translation>与发布的一致</translation>
    </message>
    <message>
        <source>not the file that was published</source>
        <translation>与发布的文件不一致</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>模型卡片</translation>
    </message>
</context>
<context>
    <name>ModelExportCommands</name>
    <message>
        <source>Model of Stepless</source>
        <translation>Stepless 模型</translation>
    </message>
    <message>
        <source>For the published LIIF code</source>
        <translation>用于已发布的 LIIF 代码</translation>
    </message>
    <message>
        <source>Export model</source>
        <translation>导出模型</translation>
    </message>
    <message>
        <source>Exporting “{0}”…</source>
        <translation>正在导出“{0}”…</translation>
    </message>
    <message>
        <source>{0} is there already; type the whole name to replace it.</source>
        <translation>{0} 已存在；要替换它，请输入完整的文件名。</translation>
    </message>
    <message>
        <source>The model was exported to {0}.</source>
        <translation>模型已导出到 {0}。</translation>
    </message>
</context>
<context>
    <name>ModelGroup</name>
    <message>
        <source>Reductions are made in the conventional way, without a model.</source>
        <translation>缩小采用常规方法，不使用模型。</translation>
    </message>
    <message>
        <source>Enlarged by</source>
        <translation>放大方式</translation>
    </message>
    <message>
        <source>Mode&amp;l</source>
        <translation>模型(&amp;L)</translation>
    </message>
    <message>
        <source>Precis&amp;ion</source>
        <translation>精度(&amp;I)</translation>
    </message>
    <message>
        <source>Extra accuracy: average of eight orientations</source>
        <translation>更精确：八个方向的平均</translation>
    </message>
    <message>
        <source>The photo is enlarged as it lies, turned and mirrored, and the eight results are averaged: a little nearer to the truth, in eight times the time.</source>
        <translation>照片以原样、旋转和镜像共八种方式放大，再取平均：更接近真实一点，用时为八倍。</translation>
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
        <source>Parts</source>
        <translation>组成</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数数量</translation>
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
        <source>{0} steps in {1} minutes on {2}</source>
        <translation>{0} 步，{1} 分钟，设备：{2}</translation>
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
    <name>ModelList</name>
    <message>
        <source>Bundled</source>
        <translation>自带</translation>
    </message>
    <message>
        <source>Your own</source>
        <translation>您的模型</translation>
    </message>
    <message>
        <source>bundled</source>
        <translation>自带</translation>
    </message>
    <message>
        <source>your own</source>
        <translation>您的模型</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>default on CPU</source>
        <translation>CPU 默认</translation>
    </message>
    <message>
        <source>default on GPU</source>
        <translation>GPU 默认</translation>
    </message>
    <message>
        <source>Installed models</source>
        <translation>已安装的模型</translation>
    </message>
</context>
<context>
    <name>ModelManager</name>
    <message>
        <source>No model is installed</source>
        <translation>没有安装模型</translation>
    </message>
    <message>
        <source>Bundled models stay as they are.</source>
        <translation>自带的模型不能更改。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>&amp;Use</source>
        <translation>使用(&amp;U)</translation>
    </message>
    <message>
        <source>Default on &amp;CPU</source>
        <translation>设为 CPU 默认(&amp;C)</translation>
    </message>
    <message>
        <source>Default on &amp;GPU</source>
        <translation>设为 GPU 默认(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Measure quality…</source>
        <translation>测量质量(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>重命名(&amp;R)…</translation>
    </message>
    <message>
        <source>Rem&amp;ove…</source>
        <translation>删除(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>导入(&amp;I)…</translation>
    </message>
    <message>
        <source>Show &amp;folder</source>
        <translation>显示文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Automatic: the default of the device is used</source>
        <translation>自动：使用设备的默认模型(&amp;A)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Your own models: {0}, {1} on the disk.</source>
        <translation>您的模型：{0} 个，占用磁盘 {1}。</translation>
    </message>
    <message>
        <source>No models of your own yet. Drop a file here, or import one.</source>
        <translation>还没有您的模型。将文件拖放到此处，或导入一个。</translation>
    </message>
</context>
<context>
    <name>ModelNameField</name>
    <message>
        <source>Letters, digits, “.”, “_” and “-” make a name; a few words are reserved.</source>
        <translation>名称可用字母、数字、“.”、“_”和“-”；少数单词已被保留。</translation>
    </message>
    <message>
        <source>There is a model of this name already.</source>
        <translation>已有同名模型。</translation>
    </message>
    <message>
        <source>&amp;Name of the model</source>
        <translation>模型名称(&amp;N)</translation>
    </message>
    <message>
        <source>Name of the model</source>
        <translation>模型名称</translation>
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
        <source>Measured to be quickest: {0}.</source>
        <translation>测得最快：{0}。</translation>
    </message>
    <message>
        <source>The times are those of this machine, with these photos.</source>
        <translation>所需时间是用这些照片在本机上测得的。</translation>
    </message>
    <message>
        <source>How it is trained</source>
        <translation>训练方式</translation>
    </message>
    <message>
        <source>Model to begin with</source>
        <translation>作为起点的模型</translation>
    </message>
    <message>
        <source>Name of the new model</source>
        <translation>新模型的名称</translation>
    </message>
    <message>
        <source>From scratch</source>
        <translation>从零开始</translation>
    </message>
    <message>
        <source>It begins with random numbers and learns everything from your photos.</source>
        <translation>从随机数开始，一切都从您的照片中学习。</translation>
    </message>
    <message>
        <source>It keeps the form of {0} and learns on from what that knows; {0} itself stays as it is.</source>
        <translation>沿用 {0} 的结构，在其已学内容的基础上继续学习；{0} 本身保持不变。</translation>
    </message>
    <message>
        <source>The model needs a name.</source>
        <translation>请为模型命名。</translation>
    </message>
    <message>
        <source>Letters, digits, “.”, “_” and “-” make a name; a few words are reserved.</source>
        <translation>名称由字母、数字、“.”、“_”和“-”组成；少数词语为保留词。</translation>
    </message>
    <message>
        <source>There is a model of this name already.</source>
        <translation>已有同名的模型。</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>{0} learns on for a short time.</source>
        <translation>{0} 在短时间内继续学习。</translation>
    </message>
    <message>
        <source>{0} learns on for long, as the models that come along did.</source>
        <translation>{0} 长时间继续学习，与随附的模型相同。</translation>
    </message>
    <message>
        <source>{0} learns on as the models of the paper did. For a graphics card.</source>
        <translation>{0} 按论文中模型的方式继续学习。适合显卡。</translation>
    </message>
    <message>
        <source>A very small model, to see that everything works.</source>
        <translation>非常小的模型，用来确认一切正常。</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>论文</translation>
    </message>
    <message>
        <source>EDSR-baseline with LIIF, exactly as its paper trained it. For a graphics card.</source>
        <translation>EDSR-baseline 与 LIIF，完全按论文训练。适合有显卡的电脑。</translation>
    </message>
    <message>
        <source>Real photos</source>
        <translation>真实照片</translation>
    </message>
    <message>
        <source>Begin &amp;with</source>
        <translation>起点(&amp;W)</translation>
    </message>
    <message>
        <source>Na&amp;me of the new model</source>
        <translation>新模型的名称(&amp;M)</translation>
    </message>
    <message>
        <source>For photos as phones save them: it also removes the traces of JPEG and noise.</source>
        <translation>适合手机拍摄的照片：同时去除 JPEG 痕迹和噪点。</translation>
    </message>
    <message>
        <source>The best for zooming on this machine. It takes long from scratch; a model to begin with saves most of that.</source>
        <translation>最适合在本机上缩放。从零开始耗时很长；从已有模型开始可省去大部分时间。</translation>
    </message>
    <message>
        <source>Measuring the time…</source>
        <translation>正在测量所需时间…</translation>
    </message>
    <message>
        <source>The time cannot be measured.</source>
        <translation>无法测量所需时间。</translation>
    </message>
    <message>
        <source>About {0} here</source>
        <translation>在本机上约需 {0}</translation>
    </message>
    <message>
        <source>No photo is large enough: {0} pixels a side are needed.</source>
        <translation>没有足够大的照片：边长至少需要 {0} 像素。</translation>
    </message>
    <message>
        <source>Too long for this machine.</source>
        <translation>对本机来说耗时过长。</translation>
    </message>
</context>
<context>
    <name>ModelSlot</name>
    <message>
        <source>The model runs on the CPU from now on: {0}.</source>
        <translation>从现在起模型在处理器 (CPU) 上运行：{0}。</translation>
    </message>
</context>
<context>
    <name>NumberPage</name>
    <message>
        <source>Percentage of the photo’s own size</source>
        <translation>照片自身尺寸的百分比</translation>
    </message>
    <message>
        <source>Megapixels</source>
        <translation>百万像素</translation>
    </message>
    <message>
        <source>Longer side in pixels</source>
        <translation>长边像素数</translation>
    </message>
</context>
<context>
    <name>OptionsPage</name>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>These are good as they are.</source>
        <translation>保持默认即可。</translation>
    </message>
    <message>
        <source>Train &amp;on</source>
        <translation>训练设备(&amp;O)</translation>
    </message>
    <message>
        <source>Device that trains</source>
        <translation>用于训练的设备</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>For so many &amp;minutes</source>
        <translation>按分钟数(&amp;M)</translation>
    </message>
    <message>
        <source>For so many &amp;steps</source>
        <translation>按步数(&amp;S)</translation>
    </message>
    <message>
        <source>Minutes of training</source>
        <translation>训练分钟数</translation>
    </message>
    <message>
        <source>Steps of training</source>
        <translation>训练步数</translation>
    </message>
    <message>
        <source>&amp;Advanced</source>
        <translation>高级(&amp;A)</translation>
    </message>
    <message>
        <source>As the &amp;recipe says: {0} steps</source>
        <translation>按配方：{0} 步(&amp;R)</translation>
    </message>
    <message>
        <source>It will take about {0}; you can pause it, or finish early with what it has learned.</source>
        <translation>约需 {0}；可以暂停，也可以提前完成并保留已学到的内容。</translation>
    </message>
    <message>
        <source>You can pause it at any time, or finish early with what it has learned.</source>
        <translation>可以随时暂停，也可以提前完成并保留已学到的内容。</translation>
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
    <name>PhotosPage</name>
    <message>
        <source>Photos to learn from</source>
        <translation>用于学习的照片</translation>
    </message>
    <message>
        <source>The model learns how your photos look when they are large. Nothing leaves this computer.</source>
        <translation>模型会学习您的照片放大后的样子。任何内容都不会离开这台电脑。</translation>
    </message>
    <message>
        <source>Choose a folder, or drop one here</source>
        <translation>选择文件夹，或拖放到此处</translation>
    </message>
    <message>
        <source>Folder of photos</source>
        <translation>照片文件夹</translation>
    </message>
    <message>
        <source>&amp;Choose folder…</source>
        <translation>选择文件夹(&amp;C)…</translation>
    </message>
    <message>
        <source>Measured with some of them, which are held out</source>
        <translation>从中留出一部分用于验证</translation>
    </message>
    <message>
        <source>Folder of photos to measure with</source>
        <translation>用于验证的照片文件夹</translation>
    </message>
    <message>
        <source>&amp;Measure with…</source>
        <translation>另选验证照片(&amp;M)…</translation>
    </message>
    <message>
        <source>Photos of another folder, to see how good the model is on what it never learns from</source>
        <translation>使用另一文件夹中的照片，检验模型在从未学过的照片上的效果</translation>
    </message>
    <message>
        <source>&amp;Hold out some</source>
        <translation>留出一部分(&amp;H)</translation>
    </message>
    <message>
        <source>Photos read</source>
        <translation>已读取的照片</translation>
    </message>
    <message>
        <source>Looking through the photos: %p %</source>
        <translation>正在查看照片：%p %</translation>
    </message>
    <message>
        <source>{0} files need a look:</source>
        <translation>{0} 个文件需要留意：</translation>
    </message>
    <message>
        <source>DIV2K: {0} photos to learn from, {1} of its own to measure with, {2} megapixels.</source>
        <translation>DIV2K：{0} 张用于学习，自带 {1} 张用于验证，共 {2} 百万像素。</translation>
    </message>
    <message>
        <source>{0} photos to learn from, {1} in a folder of their own to measure with, {2} megapixels.</source>
        <translation>{0} 张用于学习，另一文件夹中的 {1} 张用于验证，共 {2} 百万像素。</translation>
    </message>
    <message>
        <source>{0} photos to learn from, {1} held out to measure with; {2} megapixels.</source>
        <translation>{0} 张用于学习，留出 {1} 张用于验证；共 {2} 百万像素。</translation>
    </message>
    <message>
        <source>That is plenty.</source>
        <translation>数量充足。</translation>
    </message>
    <message>
        <source>It works with these. More variety helps: with {0} more photos there would be plenty.</source>
        <translation>这些照片可以使用。种类越多越好：再加 {0} 张就很充足。</translation>
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
    <name>Planning</name>
    <message>
        <source>Train for about {0}</source>
        <translation>开始训练，约 {0}</translation>
    </message>
</context>
<context>
    <name>PrintPage</name>
    <message>
        <source>Width on paper</source>
        <translation>纸上的宽</translation>
    </message>
    <message>
        <source>Height on paper</source>
        <translation>纸上的高</translation>
    </message>
    <message>
        <source>Pixels per inch</source>
        <translation>每英寸像素数</translation>
    </message>
    <message>
        <source>Unit of length</source>
        <translation>长度单位</translation>
    </message>
    <message>
        <source>&amp;Keep the shape</source>
        <translation>保持比例(&amp;K)</translation>
    </message>
</context>
<context>
    <name>ProblemList</name>
    <message>
        <source>Photos with problems</source>
        <translation>有问题的照片</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>以及另外 {0} 个</translation>
    </message>
    <message>
        <source>Cannot be read; it is left out.</source>
        <translation>无法读取，不会使用。</translation>
    </message>
    <message>
        <source>Too small with {0} × {1} pixels; it is left out.</source>
        <translation>太小（{0} × {1} 像素），不会使用。</translation>
    </message>
    <message>
        <source>The same picture as {0}, which measures the model; it is left out.</source>
        <translation>与用于验证的 {0} 内容相同，不会使用。</translation>
    </message>
    <message>
        <source>The same picture as {0}; it counts twice.</source>
        <translation>与 {0} 内容相同，会被计算两次。</translation>
    </message>
</context>
<context>
    <name>ProgressRow</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>QueueCommands</name>
    <message>
        <source>An export failed: {0}</source>
        <translation>一个导出失败：{0}</translation>
    </message>
    <message>
        <source>{0} was exported: {1} pixels, {2}.</source>
        <translation>已导出 {0}：{1} 像素，{2}。</translation>
    </message>
    <message>
        <source>An export is not finished: quit and stop it?</source>
        <translation>有一个导出尚未完成：退出并停止它？</translation>
    </message>
    <message>
        <source>{0} exports are not finished: quit and stop them?</source>
        <translation>有 {0} 个导出尚未完成：退出并停止它们？</translation>
    </message>
    <message>
        <source>Nothing half done is left behind, and no file is replaced.</source>
        <translation>不会留下未完成的文件，也不会替换任何文件。</translation>
    </message>
    <message>
        <source>Quit Stepless?</source>
        <translation>退出 Stepless？</translation>
    </message>
    <message>
        <source>&amp;Quit and stop</source>
        <translation>退出并停止(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Go on exporting</source>
        <translation>继续导出(&amp;G)</translation>
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
    <name>RenameDialog</name>
    <message>
        <source>Rename model</source>
        <translation>重命名模型</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>重命名(&amp;R)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>ResultPage</name>
    <message>
        <source>Before (bicubic)</source>
        <translation>之前（双三次）</translation>
    </message>
    <message>
        <source>After</source>
        <translation>训练后</translation>
    </message>
    <message>
        <source>Truth</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>Crops before and after</source>
        <translation>训练前后的局部</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>Name of the model</source>
        <translation>模型的名称</translation>
    </message>
    <message>
        <source>&amp;Install</source>
        <translation>安装(&amp;I)</translation>
    </message>
    <message>
        <source>Put it beside the other models, without using it now.</source>
        <translation>与其他模型放在一起，暂不使用。</translation>
    </message>
    <message>
        <source>PSNR in decibels on photos that it did not learn from; more is better.</source>
        <translation>在未学习的照片上的 PSNR，单位为分贝；越高越好。</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>{0} is ready</source>
        <translation>{0} 已完成</translation>
    </message>
    <message>
        <source>{0} as it was saved last</source>
        <translation>{0}（最近一次保存的状态）</translation>
    </message>
    <message>
        <source>It has not been measured yet: go on with it to see how good it becomes.</source>
        <translation>尚未测量：继续训练即可看到效果。</translation>
    </message>
    <message>
        <source>There was no photo to measure it with.</source>
        <translation>没有可用于验证的照片。</translation>
    </message>
    <message>
        <source>On average it is {0} dB better than bicubic enlargement.</source>
        <translation>平均比双三次放大高 {0} dB。</translation>
    </message>
    <message>
        <source>Not better than bicubic enlargement yet ({0} dB): train longer, or with more photos.</source>
        <translation>尚未优于双三次放大（{0} dB）：请训练更久，或使用更多照片。</translation>
    </message>
    <message>
        <source>On average it is {0} dB better than bicubic enlargement, and {1} dB better than {2}.</source>
        <translation>平均比双三次放大好 {0} dB，比 {2} 好 {1} dB。</translation>
    </message>
    <message>
        <source>On average it is {0} dB better than bicubic enlargement, but {1} dB worse than {2}: train longer, or keep that.</source>
        <translation>平均比双三次放大好 {0} dB，但比 {2} 差 {1} dB：请训练更久，或继续使用后者。</translation>
    </message>
    <message>
        <source>&amp;Zoom my photo with it</source>
        <translation>用它放大我的照片(&amp;Z)</translation>
    </message>
    <message>
        <source>&amp;Use it from now on</source>
        <translation>从现在起使用(&amp;U)</translation>
    </message>
    <message>
        <source>Installed as {0}.</source>
        <translation>已安装为 {0}。</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新模型</translation>
    </message>
    <message>
        <source>bicubic</source>
        <translation>双三次</translation>
    </message>
    <message>
        <source>before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>Enlarged</source>
        <translation>放大倍率</translation>
    </message>
    <message>
        <source>gain</source>
        <translation>增益</translation>
    </message>
</context>
<context>
    <name>RunsPage</name>
    <message>
        <source>Trainings</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>One trains at a time; the others wait, and can go on whenever they were interrupted.</source>
        <translation>一次只进行一个训练；其他训练排队等候，中断的训练可以随时继续。</translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation>显示(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>继续(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Discard…</source>
        <translation>丢弃(&amp;D)…</translation>
    </message>
    <message>
        <source>New &amp;training</source>
        <translation>新的训练(&amp;T)</translation>
    </message>
    <message>
        <source>{0} ({1})</source>
        <translation>{0}（{1}）</translation>
    </message>
    <message>
        <source>All of them together: {0} on the disk.</source>
        <translation>全部训练共占用磁盘空间 {0}。</translation>
    </message>
    <message>
        <source>Cannot go on: {0}</source>
        <translation>无法继续：{0}</translation>
    </message>
    <message>
        <source>Paused at {0} %</source>
        <translation>已暂停于 {0}%</translation>
    </message>
    <message>
        <source>Waits for its turn</source>
        <translation>正在排队</translation>
    </message>
    <message>
        <source>Runs now</source>
        <translation>正在进行</translation>
    </message>
    <message>
        <source>Done, installed as {0}</source>
        <translation>已完成，已安装为 {0}</translation>
    </message>
    <message>
        <source>Done, not installed yet</source>
        <translation>已完成，尚未安装</translation>
    </message>
    <message>
        <source>Stopped at {0} %: {1}</source>
        <translation>在 {0} % 时停止：{1}</translation>
    </message>
    <message>
        <source>Interrupted after {0} %</source>
        <translation>在 {0} % 时中断</translation>
    </message>
    <message>
        <source>Kept for later at {0} %</source>
        <translation>已保存，进度 {0} %</translation>
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
    <name>SidesPage</name>
    <message>
        <source>Width in pixels</source>
        <translation>宽（像素）</translation>
    </message>
    <message>
        <source>Height in pixels</source>
        <translation>高（像素）</translation>
    </message>
    <message>
        <source>&amp;Keep the shape</source>
        <translation>保持比例(&amp;K)</translation>
    </message>
</context>
<context>
    <name>SizeGroup</name>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>As on the screen</source>
        <translation>与屏幕上相同</translation>
    </message>
    <message>
        <source>Percentage</source>
        <translation>百分比</translation>
    </message>
    <message>
        <source>Width and height</source>
        <translation>宽和高</translation>
    </message>
    <message>
        <source>Longer side</source>
        <translation>长边</translation>
    </message>
    <message>
        <source>Megapixels</source>
        <translation>百万像素</translation>
    </message>
    <message>
        <source>Fit into a frame</source>
        <translation>适合框内</translation>
    </message>
    <message>
        <source>Size on paper</source>
        <translation>纸上尺寸</translation>
    </message>
    <message>
        <source>At most {0} are possible here.</source>
        <translation>这里最多 {0}。</translation>
    </message>
    <message>
        <source>The file tells printers {0} dpi.</source>
        <translation>文件告诉打印机 {0} dpi。</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Pre&amp;set</source>
        <translation>预设(&amp;S)</translation>
    </message>
    <message>
        <source>Size &amp;by</source>
        <translation>按(&amp;B)</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Size by</source>
        <translation>尺寸方式</translation>
    </message>
    <message>
        <source>Keep this size as a preset</source>
        <translation>把此尺寸保存为预设</translation>
    </message>
    <message>
        <source>Remove the preset</source>
        <translation>删除预设</translation>
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
    <name>Surveyor</name>
    <message>
        <source>the process ended without a word</source>
        <translation>进程未作任何说明便已结束</translation>
    </message>
</context>
<context>
    <name>TargetGroup</name>
    <message>
        <source>Folder for the exports</source>
        <translation>导出文件夹</translation>
    </message>
    <message>
        <source>Export as</source>
        <translation>导出为</translation>
    </message>
    <message>
        <source>&amp;Names</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>Pattern of the names</source>
        <translation>名称模式</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Chan&amp;ge…</source>
        <translation>更改(&amp;G)…</translation>
    </message>
    <message>
        <source>In brackets, these stand for facts of each photo: {0}</source>
        <translation>花括号中的这些代表每张照片的信息：{0}</translation>
    </message>
    <message>
        <source>Replace the file?</source>
        <translation>替换文件？</translation>
    </message>
    <message>
        <source>There is already a file “{0}” in “{1}”.</source>
        <translation>“{1}”中已有文件“{0}”。</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>替换(&amp;R)</translation>
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
    <name>TrainingCommands</name>
    <message>
        <source>Train a model</source>
        <translation>训练模型</translation>
    </message>
    <message>
        <source>A training can go on: {0}. {1} shows it.</source>
        <translation>有训练可以继续：{0}。按 {1} 查看。</translation>
    </message>
    <message>
        <source>The model {0} is ready.</source>
        <translation>模型 {0} 已完成。</translation>
    </message>
    <message>
        <source>The training of {0} has stopped.</source>
        <translation>{0} 的训练已停止。</translation>
    </message>
    <message>
        <source>A model is being trained</source>
        <translation>正在训练模型</translation>
    </message>
    <message>
        <source>{0} is {1} % done.</source>
        <translation>{0} 已完成 {1} %。</translation>
    </message>
    <message>
        <source>It can be kept for later: its state is saved, and it goes on when you want.</source>
        <translation>可以保存以便以后继续：状态会被保存，随时可以继续。</translation>
    </message>
    <message>
        <source>&amp;Keep for later and quit</source>
        <translation>保存并退出(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Do not quit</source>
        <translation>不退出(&amp;D)</translation>
    </message>
    <message>
        <source>The training is being saved…</source>
        <translation>正在保存训练…</translation>
    </message>
</context>
<context>
    <name>TrainingPage</name>
    <message>
        <source>Progress of the training</source>
        <translation>训练进度</translation>
    </message>
    <message>
        <source>Bicubic</source>
        <translation>双三次</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>Truth</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>Crops of your photos, enlarged four times, come with the first validation.</source>
        <translation>首次验证后将显示放大四倍的照片局部。</translation>
    </message>
    <message>
        <source>Crops of photos that the model does not learn from</source>
        <translation>模型未学习的照片的局部</translation>
    </message>
    <message>
        <source>&amp;Finish now…</source>
        <translation>立即完成(&amp;F)…</translation>
    </message>
    <message>
        <source>End early, with the model as it is now.</source>
        <translation>提前结束，保留当前的模型。</translation>
    </message>
    <message>
        <source>&amp;Discard…</source>
        <translation>丢弃(&amp;D)…</translation>
    </message>
    <message>
        <source>Throw the training away, with all it has learned.</source>
        <translation>丢弃此训练及其学到的一切。</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>继续(&amp;G)</translation>
    </message>
    <message>
        <source>Go on from the last state that was saved.</source>
        <translation>从上次保存的状态继续。</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>恢复(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>暂停(&amp;P)</translation>
    </message>
    <message>
        <source>Learns from {0}, beginning with {1}.</source>
        <translation>从 {0} 学习，以 {1} 为起点。</translation>
    </message>
    <message>
        <source>Learns from {0}.</source>
        <translation>从 {0} 学习。</translation>
    </message>
    <message>
        <source>Done: {0} steps in {1}.</source>
        <translation>完成：{0} 步，用时 {1}。</translation>
    </message>
    <message>
        <source>Stopped at step {0}; nothing that was saved is lost.</source>
        <translation>已在第 {0} 步停止；已保存的内容不会丢失。</translation>
    </message>
    <message>
        <source>Finishing: the model is measured and saved…</source>
        <translation>正在完成：测量并保存模型…</translation>
    </message>
    <message>
        <source>Pausing as soon as this step is done…</source>
        <translation>当前这一步完成后暂停…</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Reading the photos…</source>
        <translation>正在读取照片…</translation>
    </message>
    <message>
        <source>Paused at step {0}; its state is saved.</source>
        <translation>已在第 {0} 步暂停；状态已保存。</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>完成。</translation>
    </message>
    <message>
        <source>Step {0}; estimating the time left…</source>
        <translation>第 {0} 步；正在估算剩余时间…</translation>
    </message>
    <message>
        <source>Step {0}; about {1} left.</source>
        <translation>第 {0} 步；约剩 {1}。</translation>
    </message>
    <message>
        <source>Waits: another window of Stepless is training. It begins by itself.</source>
        <translation>等待中：另一个 Stepless 窗口正在训练。结束后会自动开始。</translation>
    </message>
    <message>
        <source>Waits for {0}, which is paused. It begins once that has gone on and is done.</source>
        <translation>等待 {0}，它已暂停。它继续并完成后，此训练会开始。</translation>
    </message>
    <message>
        <source>Waits for {0} before it; one training runs at a time. It begins by itself.</source>
        <translation>前面还有 {0} 个训练；每次只运行一个。轮到时会自动开始。</translation>
    </message>
    <message>
        <source>the process ended without a word</source>
        <translation>进程未作任何说明便已结束</translation>
    </message>
    <message>
        <source>The training stopped: {0}</source>
        <translation>训练已停止：{0}</translation>
    </message>
    <message>
        <source>{0} % of the processors</source>
        <translation>占用处理器 {0} %</translation>
    </message>
    <message>
        <source>{0} of {1} MB of its memory</source>
        <translation>占用其内存 {0} / {1} MB</translation>
    </message>
    <message>
        <source>{0} MB of its memory</source>
        <translation>占用其内存 {0} MB</translation>
    </message>
    <message>
        <source>The model makes noise of line drawings and of other pages that are no photos at the moment. If this stays so, train with a smaller learning rate.</source>
        <translation>目前，模型会把线条图等非照片页面变成噪点。如果一直如此，请用更小的学习率训练。</translation>
    </message>
    <message>
        <source>The photos are not those that it began with: some that it learned from may be measured now, and the figures be too good.</source>
        <translation>照片与开始时不同：现在测量的照片中可能有它学习过的，数值可能偏高。</translation>
    </message>
    <message>
        <source>Memory ran out with {0} patches at once: they are computed {1} at a time now, with the same result.</source>
        <translation>一次计算 {0} 块时内存不足：现改为每次 {1} 块，结果相同。</translation>
    </message>
</context>
<context>
    <name>TrainingWizard</name>
    <message>
        <source>Train a model</source>
        <translation>训练模型</translation>
    </message>
    <message>
        <source>&amp;Trainings</source>
        <translation>训练列表(&amp;T)</translation>
    </message>
    <message>
        <source>All trainings, and how much room they take.</source>
        <translation>所有训练及其占用的磁盘空间。</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>上一步(&amp;B)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>A training goes on when this window is closed.</source>
        <translation>关闭此窗口后训练仍会继续。</translation>
    </message>
    <message>
        <source>Begin training</source>
        <translation>开始训练</translation>
    </message>
    <message>
        <source>Show the &amp;result</source>
        <translation>显示结果(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>下一步(&amp;N)</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Step: {0}</source>
        <translation>步骤：{0}</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>The model “{0}” is not installed any more; the default is used.</source>
        <translation>模型“{0}”已不存在；改用默认模型。</translation>
    </message>
</context>
<context>
    <name>WhatGroup</name>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>&amp;Whole photo</source>
        <translation>整张照片(&amp;W)</translation>
    </message>
    <message>
        <source>What is &amp;visible in the window</source>
        <translation>窗口中可见的部分(&amp;V)</translation>
    </message>
    <message>
        <source>A c&amp;rop</source>
        <translation>裁剪(&amp;R)</translation>
    </message>
    <message>
        <source>All {0} photos of this fol&amp;der, whole</source>
        <translation>此文件夹的全部 {0} 张照片(&amp;D)</translation>
    </message>
    <message>
        <source>T&amp;urned and mirrored as on the screen</source>
        <translation>按屏幕上的旋转和镜像(&amp;U)</translation>
    </message>
</context>
<context>
    <name>WindowCommands</name>
    <message>
        <source>The diagnostics were copied.</source>
        <translation>已复制诊断信息。</translation>
    </message>
    <message>
        <source>The diagnostics cannot be copied: {0}</source>
        <translation>无法复制诊断信息：{0}</translation>
    </message>
</context>
<context>
    <name>WizardController</name>
    <message>
        <source>Discard the training {0}?</source>
        <translation>丢弃训练“{0}”吗？</translation>
    </message>
    <message>
        <source>Its model stays in the library; its curves and previews are removed.</source>
        <translation>模型会保留在模型库中；曲线和预览将被删除。</translation>
    </message>
    <message>
        <source>What it has learned is lost.</source>
        <translation>已学到的内容将会丢失。</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>丢弃(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation>保留(&amp;K)</translation>
    </message>
    <message>
        <source>Finish the training {0} now?</source>
        <translation>立即完成训练“{0}”吗？</translation>
    </message>
    <message>
        <source>The model is kept as it is now, and the training cannot go on later. To go on later, pause it.</source>
        <translation>模型保持现在的样子，此训练以后无法继续。若要以后继续，请暂停。</translation>
    </message>
    <message>
        <source>&amp;Finish now</source>
        <translation>立即完成(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Train on</source>
        <translation>继续训练(&amp;T)</translation>
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
        <source>E&amp;xport…</source>
        <translation>导出(&amp;X)…</translation>
    </message>
    <message>
        <source>Write the photo, the view or a crop to a file of any size.</source>
        <translation>把照片、所见范围或裁剪部分以任意尺寸写入文件。</translation>
    </message>
    <message>
        <source>Ex&amp;port queue</source>
        <translation>导出队列(&amp;P)</translation>
    </message>
    <message>
        <source>Show the exports that run, wait or are done.</source>
        <translation>显示正在进行、等待和已完成的导出。</translation>
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
        <source>&amp;Manage models…</source>
        <translation>管理模型(&amp;M)…</translation>
    </message>
    <message>
        <source>See, install, rename, remove and measure models.</source>
        <translation>查看、安装、重命名、删除和测量模型。</translation>
    </message>
    <message>
        <source>&amp;Train a model…</source>
        <translation>训练模型(&amp;T)…</translation>
    </message>
    <message>
        <source>Make a model that knows photos like yours.</source>
        <translation>用您的照片训练一个模型。</translation>
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
        <source>This model file cannot be written</source>
        <translation>无法写入此模型文件</translation>
    </message>
    <message>
        <source>There is too little memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>The device failed at work</source>
        <translation>设备在工作时出错</translation>
    </message>
    <message>
        <source>PyTorch cannot be loaded</source>
        <translation>无法加载 PyTorch</translation>
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
    <message>
        <source>Check that the file is still there, whole, and a photo.</source>
        <translation>请确认文件仍在原处、完整无损，且确为照片。</translation>
    </message>
    <message>
        <source>Nothing was changed. Choose another folder or name, or make room on the disk.</source>
        <translation>未作任何更改。请选择其他文件夹或名称，或清理磁盘空间。</translation>
    </message>
    <message>
        <source>Nothing was done. Choose other values.</source>
        <translation>未执行任何操作。请选择其他数值。</translation>
    </message>
    <message>
        <source>It may be of a newer Stepless or of another program. Choose another model.</source>
        <translation>它可能来自更新版本的 Stepless 或其他程序。请选择其他模型。</translation>
    </message>
    <message>
        <source>Copy or download the file again, or choose another model.</source>
        <translation>请重新复制或下载该文件，或选择其他模型。</translation>
    </message>
    <message>
        <source>Choose another model. Until then photos are enlarged without one.</source>
        <translation>请选择其他模型；在此之前，照片将不使用模型放大。</translation>
    </message>
    <message>
        <source>Nothing was changed. Make room on the disk, or allow writing in the folder of models.</source>
        <translation>未作任何更改。请清理磁盘空间，或允许写入模型文件夹。</translation>
    </message>
    <message>
        <source>Close other programs, or choose the processor as the device in the settings.</source>
        <translation>请关闭其他程序，或在设置中选择处理器作为设备。</translation>
    </message>
    <message>
        <source>Start Stepless again, or choose the processor as the device in the settings.</source>
        <translation>请重新启动 Stepless，或在设置中选择处理器作为设备。</translation>
    </message>
    <message>
        <source>Until PyTorch can be loaded, photos are enlarged without a model.</source>
        <translation>在 PyTorch 能够加载之前，照片将不用模型放大。</translation>
    </message>
    <message>
        <source>Choose another device or precision in the settings.</source>
        <translation>请在设置中选择其他设备或精度。</translation>
    </message>
    <message>
        <source>Choose another folder, or put photos into it.</source>
        <translation>请选择其他文件夹，或向其中放入照片。</translation>
    </message>
    <message>
        <source>The run can go on from its last good state.</source>
        <translation>训练可从最近一次完好的状态继续。</translation>
    </message>
    <message>
        <source>Try again. The log has the details, and the menu Help copies it.</source>
        <translation>请重试。日志中有详细信息，可通过“帮助”菜单复制。</translation>
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
<context>
    <name>wizard</name>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} h</source>
        <translation>{0} 小时</translation>
    </message>
    <message>
        <source>{0} days</source>
        <translation>{0} 天</translation>
    </message>
</context>
</TS>
