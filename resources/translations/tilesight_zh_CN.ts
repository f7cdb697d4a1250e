<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Action</name>
    <message>
        <source>Records</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Find records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By serial, lot, or any text of a record or comment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the records again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review these records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens Review with the records that fit the filters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back up the store</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore a backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the store again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Struct map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detail map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fused map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tile without a map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions and masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good</source>
        <extracomment>Actions that a key must not do while a sheet asks for something.</extracomment>
        <translation type="unfinished">良品</translation>
    </message>
    <message>
        <source>Defect</source>
        <translation type="unfinished">缺陷</translation>
    </message>
    <message>
        <source>A real defect; asks for its class once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False alarm</source>
        <translation type="unfinished">误报</translation>
    </message>
    <message>
        <source>Missed</source>
        <translation type="unfinished">漏检</translation>
    </message>
    <message>
        <source>A real defect that the detector did not see</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation type="unfinished">不确定</translation>
    </message>
    <message>
        <source>Take my label away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the class of defects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type a comment; it goes with the next label, Enter keeps it at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous tile</source>
        <translation>上一片</translation>
    </message>
    <message>
        <source>Next tile</source>
        <translation>下一片</translation>
    </message>
    <message>
        <source>Look for tiles again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show this tile in Records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show alike false alarms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stored regions that look like the strongest one of this tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept this region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The region is a real defect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reject this region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The region is a false alarm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw a polygon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw with a brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Magic wand on the anomaly map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take away instead of adding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Throw the mask away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Start inspection</source>
        <translation>开始检测</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Pause inspection, or go on</source>
        <translation>暂停或继续检测</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop inspection</source>
        <translation>停止检测</translation>
    </message>
    <message>
        <source>Start the demo line</source>
        <translation>启动演示产线</translation>
    </message>
    <message>
        <source>Choose a source</source>
        <translation>选择图像来源</translation>
    </message>
    <message>
        <source>Choose a recipe</source>
        <translation>选择配方</translation>
    </message>
    <message>
        <source>Edit the recipe</source>
        <translation>编辑配方</translation>
    </message>
    <message>
        <source>Camera settings</source>
        <translation>相机设置</translation>
    </message>
    <message>
        <source>Exposure, gain and trigger of the camera</source>
        <translation>相机的曝光、增益和触发</translation>
    </message>
    <message>
        <source>Take a picture</source>
        <translation>拍一张</translation>
    </message>
    <message>
        <source>Take a picture with a camera that waits for a trigger</source>
        <translation>用等待触发的相机拍一张</translation>
    </message>
    <message>
        <source>Set lot and serial</source>
        <translation>设置批次和序列号</translation>
    </message>
    <message>
        <source>Show what was not inspected</source>
        <translation>显示未检测的磁瓦</translation>
    </message>
    <message>
        <source>The tiles of this run that were not inspected, with their reasons</source>
        <translation>本次运行中未检测的磁瓦及其原因</translation>
    </message>
    <message>
        <source>Back to live</source>
        <translation>回到实时画面</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Train: choose tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train: settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train: watch the training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train: compare models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train: shadow mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train: promote or roll back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train: models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tune</source>
        <translation>调参</translation>
    </message>
    <message>
        <source>Put in force</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the proposed thresholds and rule in force; asks for the reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to what is in force</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget the proposal and show the thresholds and rule in force</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the earlier proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Propose again what a remedy from Review took the place of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose records by period, lot and label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe versions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare earlier versions of the recipe and restore one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save what-if report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save counts, rates and the flip list as HTML and CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the histogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show ROC and precision-recall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show scores over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the pixel side and the mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the line past the next record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the line past the record before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch between T1 and T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo a step of the mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo a step of the mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Struct</source>
        <extracomment>Those that need a tile.</extracomment>
        <translation>结构</translation>
    </message>
    <message>
        <source>Struct: where the overall structure differs, such as breaks</source>
        <translation>结构：整体结构有差异之处，例如缺口</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>细节</translation>
    </message>
    <message>
        <source>Detail: where the fine texture differs, such as cracks and blowholes</source>
        <translation>细节：细微纹理有差异之处，例如裂纹和气孔</translation>
    </message>
    <message>
        <source>Fused</source>
        <translation>融合</translation>
    </message>
    <message>
        <source>Fused: struct and detail in two hues; the score comes from it</source>
        <translation>融合：结构与细节以两种色调显示，得分由此得出</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>叠加图</translation>
    </message>
    <message>
        <source>Lay the overlay on the tile, or take it off</source>
        <translation>显示或隐藏叠加图</translation>
    </message>
    <message>
        <source>Outline regions</source>
        <translation>勾画区域</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排显示</translation>
    </message>
    <message>
        <source>Tile and map side by side</source>
        <translation>磁瓦与异常图并排显示</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Show the whole tile</source>
        <translation>显示整片磁瓦</translation>
    </message>
    <message>
        <source>One to one</source>
        <translation>原始大小</translation>
    </message>
    <message>
        <source>One pixel of the tile on one pixel of the screen</source>
        <translation>图像一个像素对应屏幕一个像素</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Fainter overlay</source>
        <translation>减淡叠加图</translation>
    </message>
    <message>
        <source>Stronger overlay</source>
        <translation>加深叠加图</translation>
    </message>
    <message>
        <source>Brightness and contrast</source>
        <translation>亮度和对比度</translation>
    </message>
    <message>
        <source>Brightness and contrast, for display only</source>
        <translation>亮度和对比度，仅影响显示</translation>
    </message>
    <message>
        <source>Picture as taken</source>
        <translation>恢复原始图像</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图像</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>保存图像</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Go to Run</source>
        <translation>转到“运行”</translation>
    </message>
    <message>
        <source>Go to Review</source>
        <translation>转到“复核”</translation>
    </message>
    <message>
        <source>Go to Tune</source>
        <translation>转到“调参”</translation>
    </message>
    <message>
        <source>Go to Train</source>
        <translation>转到“训练”</translation>
    </message>
    <message>
        <source>Go to Records</source>
        <translation>转到“记录”</translation>
    </message>
    <message>
        <source>Find an action</source>
        <translation>查找操作</translation>
    </message>
    <message>
        <source>Show the keys</source>
        <translation>显示快捷键</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Take the tour</source>
        <translation>功能导览</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>深色主题</translation>
    </message>
    <message>
        <source>Light colours</source>
        <translation>浅色主题</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Close without asking</source>
        <translation>直接关闭</translation>
    </message>
    <message>
        <source>Close Tilesight</source>
        <translation>关闭 Tilesight</translation>
    </message>
</context>
<context>
    <name>Alerts</name>
    <message>
        <source>No detector: tiles are not inspected.</source>
        <translation>没有检测器：磁瓦未被检测。</translation>
    </message>
    <message>
        <source>The detector failed on the last tile, which is NOT INSPECTED.</source>
        <translation>检测器在最近一片磁瓦上出错，该片未检。</translation>
    </message>
    <message>
        <source>The detector does not answer; tiles are NOT INSPECTED.</source>
        <translation>检测器没有响应，磁瓦未检。</translation>
    </message>
    <message>
        <source>Choose a recipe</source>
        <translation>选择配方</translation>
    </message>
    <message>
        <source>Running on {provider}. {reason}</source>
        <translation>正在使用 {provider}。{reason}</translation>
    </message>
    <message>
        <source>The source is lost and is being connected again; the gap is recorded.</source>
        <translation>图像来源已断开，正在重新连接；中断已记录。</translation>
    </message>
    <message>
        <source>Choose a source</source>
        <translation>选择图像来源</translation>
    </message>
    <message>
        <source>Records cannot be stored; they wait in memory and nothing counts as inspected.</source>
        <translation>记录无法保存，暂存于内存中，期间不计为已检。</translation>
    </message>
    <message>
        <source>Less than 1 GB is free where records are kept. Free some space.</source>
        <translation>记录所在磁盘剩余不足 1 GB，请清理空间。</translation>
    </message>
    <message numerus="yes">
        <source>Finished, but %Ln tile(s) were not inspected.</source>
        <translation>
            <numerusform>已完成，但有 %Ln 片磁瓦未检测。</numerusform>
        </translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>显示</translation>
    </message>
    <message numerus="yes">
        <source>%n record(s) could not be stored.</source>
        <translation>
            <numerusform>有 %n 条记录未能保存。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AlikeDesk</name>
    <message>
        <source>No other stored region looks like this one.</source>
        <extracomment>The keys of Review work again. None while the class is still to be asked for. The sheet is going to open.</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AlikeTiles</name>
    <message>
        <source>Other regions of this tile would alarm by themselves.</source>
        <extracomment>Room of one tile in the list, in pixels.</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ApplySheet</name>
    <message>
        <source>Put the new rule in force?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stored verdicts that would change: {flips} ({released} released, {rejected} rejected)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put in force</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Audit</name>
    <message>
        <source>No.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AuditView</name>
    <message>
        <source>Who, what, why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export JSON</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is wrong with the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chosen row in full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The audit log is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every change of a threshold, mask, recipe or model is written here with its reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No row of the audit log holds this text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking every row</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Intact: %Ln row(s), each with its right hash and in its place.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The log was changed: %Ln problem(s) in {rows}.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Saved as {path}</source>
        <translation>已保存为 {path}</translation>
    </message>
    <message>
        <source>The log could not be saved: {error}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BackupSheet</name>
    <message>
        <source>Back up the store</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A consistent copy of records, labels and the audit log. Inspection goes on meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy pictures, maps and models too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An empty or new folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copying the store</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s) are backed up.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) are missing or damaged in the store and could not be copied:</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BannerRow</name>
    <message>
        <source>Put away</source>
        <translation>收起</translation>
    </message>
</context>
<context>
    <name>BusyLine</name>
    <message>
        <source>Cancel</source>
        <extracomment>Words above a column, and those in the first one, are broken into lines from this width on.</extracomment>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>BusyState</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>CameraSheet</name>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Free run</source>
        <translation>自由运行</translation>
    </message>
    <message>
        <source>Software trigger</source>
        <translation>软件触发</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>拍照</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Fixed</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>曝光</translation>
    </message>
    <message>
        <source>Exposure time</source>
        <translation>曝光时间</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>增益</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>{title} has nothing to set. Only cameras do.</source>
        <translation>{title}没有可设置的内容。只有相机可以设置。</translation>
    </message>
    <message>
        <source>Start a camera first.</source>
        <translation>请先启动相机。</translation>
    </message>
    <message>
        <source>Engineers set cameras; see Settings for your role.</source>
        <translation>由工程师设置相机；您的角色见“设置”。</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>In steps of the camera&apos;s own driver.</source>
        <translation>以相机驱动自己的步长为单位。</translation>
    </message>
    <message>
        <source>exposure</source>
        <translation>曝光</translation>
    </message>
    <message>
        <source>gain</source>
        <translation>增益</translation>
    </message>
    <message>
        <source>The driver of this camera does not let these be set: {names}.</source>
        <translation>此相机的驱动不允许设置：{names}。</translation>
    </message>
    <message>
        <source>The camera is set.</source>
        <translation>相机已设置。</translation>
    </message>
</context>
<context>
    <name>ChartCard</name>
    <message>
        <source>Charts and pixel side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T1: grey starts here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T2: NG starts here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stacked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stack the labels on one another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show single records beside thousands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log scores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give low scores more room</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The line in each lot is its median.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChoiceChip</name>
    <message>
        <source>Any</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassSheet</name>
    <message>
        <source>Which defect?</source>
        <extracomment>Keys 1 to 9 choose a class; more own classes than fit are found by typing their name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asked once: key 2 gives the same class from then on. V chooses another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>No class</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ColourBar</name>
    <message>
        <source>Colour scale</source>
        <translation>色标</translation>
    </message>
    <message>
        <source>Score on the recipe&apos;s own scale. Grey starts at T1 = {low}, NG at T2 = {high}.</source>
        <translation>按配方固定刻度的得分。待定自 T1 = {low} 起，不良自 T2 = {high} 起。</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Find an action</source>
        <translation>查找操作</translation>
    </message>
    <message>
        <source>No action is called like that.</source>
        <translation>没有这样的操作。</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Compare with the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both judge the same labelled tiles under the recipe in force. What one has learnt stays out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no other model yet: train one, or drop a model file on the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No recipe is in force, so there is no live model: choose a source in Run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparing: {done} of {of} tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Offer this set no longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compared with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluation set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live: {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no evaluation set yet: freeze one below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These are the same model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the set and opening both models</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComparisonResult</name>
    <message>
        <source>Tiles whose verdict would change, worst first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on to release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new model misses no more known defects than {other}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new model misses more known defects than {other}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No known defects were compared, so nobody can say what it misses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the live one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known defects missed, of {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known good tiles rejected, of {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left to a person (GREY)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good tiles rejected if both miss as many defects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>AUROC with 95 % interval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T1, T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time for a tile, median</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrong, {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dashed: {live}. Solid: {new}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluation set: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each model with the thresholds that it came with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In Release there are thresholds with which it misses no more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s) could not be inspected. The first: {why}</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Verdicts that would change: {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; the {n} worst are shown</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ContactSheet</name>
    <message>
        <source>Contact sheet of the chosen tiles</source>
        <extracomment>Pictures on the contact sheet; spread evenly over all. frozenset of paths</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Counters</name>
    <message>
        <source>{done} of {all}</source>
        <extracomment>The verdict whose tiles somebody wants to see.</extracomment>
        <translation>{done} / {all}</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总数</translation>
    </message>
    <message>
        <source>Not inspected</source>
        <translation>未检</translation>
    </message>
    <message>
        <source>Show these tiles in Records</source>
        <translation>在“记录”中显示这些磁瓦</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>{rate} tiles/s</source>
        <translation>{rate} 片/秒</translation>
    </message>
    <message>
        <source>detector p95 {p95} ms</source>
        <translation>检测 p95 {p95} ms</translation>
    </message>
    <message>
        <source>To screen {shown} ms, to record {recorded} ms</source>
        <translation>到显示 {shown} ms，到记录 {recorded} ms</translation>
    </message>
    <message>
        <source>Reading or transfer</source>
        <translation>读取或传输</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Finding tiles</source>
        <translation>查找磁瓦</translation>
    </message>
    <message>
        <source>Detector</source>
        <translation>检测器</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Picture to record</source>
        <translation>从图像到记录</translation>
    </message>
    <message>
        <source>Picture to screen</source>
        <translation>从图像到显示</translation>
    </message>
    <message>
        <source>longest</source>
        <translation>最长</translation>
    </message>
</context>
<context>
    <name>CurvesPanel</name>
    <message>
        <source>Good tiles at or above</source>
        <extracomment>Points that a curve is drawn with.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Defects at or above</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ROC curve with the working points of T1 and T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recall: defects at or above</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision-recall curve with the working points of T1 and T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curves need labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label some good and some defective tiles in Review; the curves appear by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ROC, area {area}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision and recall, average {area}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{line}: {detection} of defects, {false_alarm} of good tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{line}: precision {precision}, recall {detection}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Defect</name>
    <message>
        <source>blowhole</source>
        <extracomment>Classes of defects that every reviewer is offered, in the order of their keys.</extracomment>
        <translation>气孔</translation>
    </message>
    <message>
        <source>break</source>
        <translation>断裂</translation>
    </message>
    <message>
        <source>crack</source>
        <translation>裂纹</translation>
    </message>
    <message>
        <source>fray</source>
        <translation>磨损</translation>
    </message>
    <message>
        <source>uneven</source>
        <translation>不均匀</translation>
    </message>
</context>
<context>
    <name>DrawBar</name>
    <message>
        <source>Size of the brush</source>
        <extracomment>Radius of the brush in tile pixels.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep mask (K)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Throw away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click corners; a double click closes. The right button takes away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint; the right button takes away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click on the tint; drag right for more, left for less.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DrawDesk</name>
    <message>
        <source>The wand needs the anomaly map, and none was kept of this tile.</source>
        <extracomment>Another tool is in the hand, or the mask changed.</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DropHint</name>
    <message>
        <source>Drop to look at the model {name}</source>
        <translation>松开以查看模型 {name}</translation>
    </message>
    <message>
        <source>Drop to inspect {name}</source>
        <translation>松开以检测 {name}</translation>
    </message>
    <message numerus="yes">
        <source>Drop to inspect %n file(s)</source>
        <translation>
            <numerusform>松开以检测 %n 个文件</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ErrorState</name>
    <message>
        <source>The log file has the details.</source>
        <translation>详情见日志文件。</translation>
    </message>
</context>
<context>
    <name>ExportSheet</name>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>folders by class with masks, for other anomaly detectors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one JSON file with masks, for training programs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one JSON file a picture, for labelme and X-AnyLabeling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one table of every record, for spreadsheets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An empty or new folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where to</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>All %Ln record(s) of the table</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %Ln selected one(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s) were written with {labels} and {masks}.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln label(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln mask(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Writing records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out for want of a picture: {n}. Only a CSV can hold those.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FilmStrip</name>
    <message>
        <source>Last tiles</source>
        <translation>最近的磁瓦</translation>
    </message>
    <message>
        <source>The last tiles appear here.</source>
        <translation>最近的磁瓦显示在这里。</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Verdict</source>
        <translation type="unfinished">判定</translation>
    </message>
    <message>
        <source>Label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lot</source>
        <translation>批次</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Reviewers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disagree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Agree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Serial, lot or text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search by serial, lot or text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All records: take every filter away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most doubtful</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Highest score</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lowest score</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FilterSheet</name>
    <message>
        <source>Lots; none ticked means all</source>
        <extracomment>Days of the ready-made periods; 0 stands for all, -1 for one that is chosen. Selection</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Period</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last 24 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last 30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From … to …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To, not included</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good</source>
        <translation type="unfinished">良品</translation>
    </message>
    <message>
        <source>Defect</source>
        <translation type="unfinished">缺陷</translation>
    </message>
    <message>
        <source>No label</source>
        <translation type="unfinished">无标签</translation>
    </message>
    <message>
        <source>Which records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>All records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>without a lot</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{shown} of %Ln record(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of other models are left out: their scores cannot be compared.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FindingFields</name>
    <message>
        <source>Whole picture</source>
        <translation>整幅图像</translation>
    </message>
    <message>
        <source>Fixed place</source>
        <translation>固定位置</translation>
    </message>
    <message>
        <source>Find by itself</source>
        <translation>自动查找</translation>
    </message>
    <message>
        <source>How tiles are found</source>
        <translation>磁瓦定位方式</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>上</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高</translation>
    </message>
    <message>
        <source>Brighter</source>
        <translation>更亮</translation>
    </message>
    <message>
        <source>Darker</source>
        <translation>更暗</translation>
    </message>
    <message>
        <source>Tiles against the belt</source>
        <translation>磁瓦相对传送带</translation>
    </message>
    <message>
        <source>Shortest side</source>
        <translation>最短边</translation>
    </message>
    <message>
        <source>Longest side</source>
        <translation>最长边</translation>
    </message>
    <message>
        <source>Grinding streaks run downwards</source>
        <translation>磨痕竖直向下</translation>
    </message>
    <message>
        <source>Left, top</source>
        <translation>左、上</translation>
    </message>
    <message>
        <source>Width, height</source>
        <translation>宽、高</translation>
    </message>
    <message>
        <source>Turned by</source>
        <translation>旋转角度</translation>
    </message>
    <message>
        <source>Shortest, longest side</source>
        <translation>最短边、最长边</translation>
    </message>
    <message>
        <source>Tiles are turned so that</source>
        <translation>转正磁瓦使</translation>
    </message>
</context>
<context>
    <name>FlipPanel</name>
    <message>
        <source>Would be released</source>
        <extracomment>Record number.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No stored tile would get a milder verdict.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Would be rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No stored tile would get a more severe verdict.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>known defects that would pass: {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>known good tiles that would be NG: {n}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FlipSide</name>
    <message numerus="yes">
        <source>%n more in the report</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FolderList</name>
    <message>
        <source>Take {folder} away</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HistogramChart</name>
    <message>
        <source>Pictures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Score</source>
        <extracomment>From the bottom of a stack to its top. `log_scores` may have changed.</extracomment>
        <translation>得分</translation>
    </message>
    <message>
        <source>Histogram of scores with thresholds T1 and T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left and right move the chosen line, 1 and 2 choose it, Ctrl moves past the next record.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Score (%n above {top} in the last bar)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistorySheet</name>
    <message>
        <source>Close</source>
        <extracomment>RecipeVersion; answer with `say_effect`. RecipeVersion, reason, name.</extracomment>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Versions of the recipe, newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No versions yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first change that is put in force makes one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore this version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Versions of {recipe}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version {version}   {at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version {version}, {at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This version is in force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In force now → this version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImportSheet</name>
    <message>
        <source>Import labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder in the MVTec AD layout, a COCO or CSV file, or a folder of labelme files. Tiles that the store knows get the labels; others become records that are not inspected yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder or file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder to import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels (*.json *.csv)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File to import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recognised as {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In none of the known formats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading tiles and labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped. What was imported until then stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The import is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New: {labels}, {masks}. {known} known already, {added} added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln label(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln mask(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{n} could not be imported:</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JobSheet</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>What could not be done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {n} s left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log file has the details.</source>
        <translation>详情见日志文件。</translation>
    </message>
</context>
<context>
    <name>JudgeRow</name>
    <message>
        <source>Region {n}: a real defect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region {n}: a false alarm</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeyBar</name>
    <message>
        <source>A good tile, rightly or wrongly judged</source>
        <extracomment>LabelKind</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A real defect; the class is asked once, V chooses another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A good tile that was stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A real defect that the detector did not see</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody else should look</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Label</name>
    <message>
        <source>Good</source>
        <extracomment>The key of each label.</extracomment>
        <translation>良品</translation>
    </message>
    <message>
        <source>Defect</source>
        <translation>缺陷</translation>
    </message>
    <message>
        <source>False alarm</source>
        <translation>误报</translation>
    </message>
    <message>
        <source>Missed</source>
        <translation>漏检</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>No label</source>
        <translation>无标签</translation>
    </message>
</context>
<context>
    <name>LabelDesk</name>
    <message>
        <source>The comment goes with the label that you give now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s): {said}</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln tile(s) of this queue have a label.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to do again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Undone. %Ln more step(s) can be undone.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Done again. %Ln more step(s) can be done again.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask is kept.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>Legend</source>
        <extracomment>Places of the tabs.</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LiveBar</name>
    <message>
        <source>Past tile</source>
        <translation>历史磁瓦</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Last tile</source>
        <translation>最后一片</translation>
    </message>
</context>
<context>
    <name>LossChart</name>
    <message>
        <source>Step</source>
        <extracomment>Curves are smoothed over this many steps: batches differ more than steps do.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log10 of the loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Losses of both students at three levels</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LotSheet</name>
    <message>
        <source>Lot and serial</source>
        <extracomment>Lot, serial.</extracomment>
        <translation>批次和序列号</translation>
    </message>
    <message>
        <source>Written into the records of the tiles that come now, unless the source knows better.</source>
        <translation>写入此后磁瓦的记录，除非图像来源自带这些信息。</translation>
    </message>
    <message>
        <source>Lot</source>
        <translation>批次</translation>
    </message>
    <message>
        <source>Serial</source>
        <translation>序列号</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>{name} cannot be opened: {error}</source>
        <extracomment>The program may end; nothing is asked any more.</extracomment>
        <translation>无法打开{name}：{error}</translation>
    </message>
    <message>
        <source>Tiles are judged here</source>
        <translation>磁瓦在此判定</translation>
    </message>
    <message>
        <source>Each tile appears as it comes. Where it differs from good tiles it is tinted and outlined; a good tile stays plain. Wheel to zoom, drag to move, T takes the tint off.</source>
        <translation>磁瓦到来即显示。与良品不同之处会着色并勾画，良品保持原样。滚轮缩放，拖动平移，按 T 隐藏着色。</translation>
    </message>
    <message>
        <source>The verdict</source>
        <translation>判定结果</translation>
    </message>
    <message>
        <source>A green disc is OK, an amber diamond is GREY and wants a person, a red square is NG. What could not be inspected is hatched and never counts as OK.</source>
        <translation>绿色圆形为合格，琥珀色菱形为待定、需人工确认，红色方形为不良。未能检测的以斜纹显示，绝不计为合格。</translation>
    </message>
    <message>
        <source>The last tiles</source>
        <translation>最近的磁瓦</translation>
    </message>
    <message>
        <source>Click one to look at it again. Inspection goes on; L brings you back to live.</source>
        <translation>点击可再次查看，检测不会中断；按 L 回到实时画面。</translation>
    </message>
    <message>
        <source>Your own tiles</source>
        <translation>检测自己的磁瓦</translation>
    </message>
    <message>
        <source>Choose a folder, a video, a camera or a stream here, or drop a folder on the window.</source>
        <translation>在此选择文件夹、视频、相机或网络流，或将文件夹拖到窗口上。</translation>
    </message>
    <message>
        <source>The other places</source>
        <translation>其他工作区</translation>
    </message>
    <message>
        <source>Review doubtful tiles, tune thresholds, train a new model. Ctrl+K finds every action, F1 shows the keys.</source>
        <translation>复核存疑磁瓦、调整阈值、训练新模型。Ctrl+K 查找任何操作，F1 显示快捷键。</translation>
    </message>
    <message>
        <source>Close anyway</source>
        <translation>仍然关闭</translation>
    </message>
</context>
<context>
    <name>MapStrip</name>
    <message>
        <source>Tile</source>
        <extracomment>&quot;&quot; for the tile alone, or the name of a map.</extracomment>
        <translation>磁瓦</translation>
    </message>
    <message>
        <source>Struct</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>细节</translation>
    </message>
    <message>
        <source>Fused</source>
        <translation>融合</translation>
    </message>
</context>
<context>
    <name>MaskRow</name>
    <message>
        <source>Take this mask away</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message>
        <source>CUDA could not be started: its driver or libraries are missing or too old.</source>
        <translation>无法启动 CUDA：驱动程序或库缺失或版本过旧。</translation>
    </message>
    <message>
        <source>CUDA could not be started: {what}</source>
        <translation>无法启动 CUDA：{what}</translation>
    </message>
    <message>
        <source>Check that the file exists and that you may read it.</source>
        <translation>请确认文件存在且您有读取权限。</translation>
    </message>
    <message>
        <source>Check that the folder is writable and the disk not full, then save again.</source>
        <translation>请确认文件夹可写且磁盘未满，然后再保存。</translation>
    </message>
    <message>
        <source>Check that the folder is writable and the disk not full.</source>
        <translation>请确认文件夹可写且磁盘未满。</translation>
    </message>
    <message>
        <source>Check the path.</source>
        <translation>请检查路径。</translation>
    </message>
    <message>
        <source>Check the permissions of the file and its folder.</source>
        <translation>请检查文件及其文件夹的权限。</translation>
    </message>
    <message>
        <source>Check the splits and classes of the data set.</source>
        <translation>请检查数据集的划分和类别。</translation>
    </message>
    <message>
        <source>Choose auto, cpu or cuda.</source>
        <translation>请选择 auto、cpu 或 cuda。</translation>
    </message>
    <message>
        <source>Choose onnx or torch.</source>
        <translation>请选择 onnx 或 torch。</translation>
    </message>
    <message>
        <source>Close other programs, or inspect fewer or smaller tiles at once.</source>
        <translation>请关闭其他程序，或一次检测较少或较小的磁瓦。</translation>
    </message>
    <message>
        <source>Copy it again from where it came from, or train the model again.</source>
        <translation>请从原处重新复制，或重新训练模型。</translation>
    </message>
    <message>
        <source>Copy or export the picture again.</source>
        <translation>请重新复制或导出图像。</translation>
    </message>
    <message>
        <source>Cut it into parts or make it smaller.</source>
        <translation>请将其裁成几部分或缩小。</translation>
    </message>
    <message>
        <source>Cut it into parts.</source>
        <translation>请将其裁成几部分。</translation>
    </message>
    <message>
        <source>Draw the mask for tiles of this size, or remove it.</source>
        <translation>请为此尺寸的磁瓦绘制掩膜，或删除掩膜。</translation>
    </message>
    <message>
        <source>Export it again with &apos;bsdrd export&apos;, or train it again.</source>
        <translation>请用 &apos;bsdrd export&apos; 重新导出，或重新训练。</translation>
    </message>
    <message>
        <source>Export the model again.</source>
        <translation>请重新导出模型。</translation>
    </message>
    <message>
        <source>Give the path of a picture.</source>
        <translation>请给出图像的路径。</translation>
    </message>
    <message>
        <source>Give yourself permission to read it, or move it elsewhere.</source>
        <translation>请为自己授予读取权限，或将其移到别处。</translation>
    </message>
    <message>
        <source>Inspect again on the CPU; if that fails too, open or train another model.</source>
        <translation>请改用 CPU 重新检测；若仍失败，请打开或训练另一个模型。</translation>
    </message>
    <message>
        <source>Inspect the tile again with the model that made its maps.</source>
        <translation>请用生成该异常图的模型重新检测此磁瓦。</translation>
    </message>
    <message>
        <source>It was not opened, and is unchanged.</source>
        <translation>未打开该文件，它未被改动。</translation>
    </message>
    <message>
        <source>It was not opened.</source>
        <translation>未打开该文件。</translation>
    </message>
    <message>
        <source>Look at the model with `bsdrd info`.</source>
        <translation>请用 `bsdrd info` 查看该模型。</translation>
    </message>
    <message>
        <source>None of the {count} tiles of {root} could be inspected. The first: {reason}</source>
        <translation>{root} 的 {count} 片磁瓦都无法检测。第一个原因：{reason}</translation>
    </message>
    <message>
        <source>Open it with the version of Tilesight that wrote it, or train the model again.</source>
        <translation>请用写入它的 Tilesight 版本打开，或重新训练模型。</translation>
    </message>
    <message>
        <source>Open the model again.</source>
        <translation>请重新打开模型。</translation>
    </message>
    <message>
        <source>Pixels are {dtype} {shape}; a picture is uint8 or uint16, H x W or H x W x 3.</source>
        <translation>像素为 {dtype} {shape}；图像应为 uint8 或 uint16，H x W 或 H x W x 3。</translation>
    </message>
    <message>
        <source>Read pictures with bsdrd.data.images.read_image.</source>
        <translation>请用 bsdrd.data.images.read_image 读取图像。</translation>
    </message>
    <message>
        <source>Save each as a file of its own.</source>
        <translation>请将每一页另存为单独的文件。</translation>
    </message>
    <message>
        <source>Save it with 8 or 16 bit.</source>
        <translation>请以 8 位或 16 位保存。</translation>
    </message>
    <message>
        <source>T1 ({low}) must not exceed T2 ({high}), and both must be finite</source>
        <translation>T1（{low}）不得大于 T2（{high}），且两者都须为有限值</translation>
    </message>
    <message>
        <source>The computer</source>
        <translation>计算机</translation>
    </message>
    <message>
        <source>The detector failed on {provider}: {error}</source>
        <translation>检测器在 {provider} 上出错：{error}</translation>
    </message>
    <message>
        <source>The detector is closed.</source>
        <translation>检测器已关闭。</translation>
    </message>
    <message>
        <source>The detector stays loaded.</source>
        <translation>检测器保持加载状态。</translation>
    </message>
    <message>
        <source>The features are {shape}, expected F x {shape2} x {shape3} for this tile.</source>
        <translation>特征为 {shape}，此磁瓦应为 F x {shape2} x {shape3}。</translation>
    </message>
    <message>
        <source>The file does not say which value is white: save it with 8 or 16 bit a channel.</source>
        <translation>文件没有说明哪个值为白色：请以每通道 8 位或 16 位保存。</translation>
    </message>
    <message>
        <source>The folder {filename} cannot be listed: {strerror}.</source>
        <translation>无法列出文件夹 {filename}：{strerror}。</translation>
    </message>
    <message>
        <source>The graphics card</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>The mask has {shape} x {shape2} px, but the tile has {width} x {height} px.</source>
        <translation>掩膜为 {shape} x {shape2} 像素，而磁瓦为 {width} x {height} 像素。</translation>
    </message>
    <message>
        <source>The model describes itself with a value that JSON cannot hold: {error}.</source>
        <translation>模型的自述中有 JSON 无法表示的值：{error}。</translation>
    </message>
    <message>
        <source>The model file describes parts this program does not know: {list}.</source>
        <translation>模型文件描述了本程序不认识的部分：{list}。</translation>
    </message>
    <message>
        <source>The model file {file} cannot be read: {strerror}.</source>
        <translation>模型文件 {file} 无法读取：{strerror}。</translation>
    </message>
    <message>
        <source>The model is incomplete: it was read without its graphs or its weights.</source>
        <translation>模型不完整：读取时缺少计算图或权重。</translation>
    </message>
    <message>
        <source>The model still inspects with ONNX Runtime.</source>
        <translation>该模型仍可用 ONNX Runtime 检测。</translation>
    </message>
    <message>
        <source>The model {name} failed its parity check: the exported graph and the trained network differ.</source>
        <translation>模型 {name} 未通过一致性检查：导出的计算图与训练的网络不一致。</translation>
    </message>
    <message>
        <source>The network in the model file cannot be loaded: {error}</source>
        <translation>模型文件中的网络无法加载：{error}</translation>
    </message>
    <message>
        <source>The parity certificate belongs to another graph or other weights.</source>
        <translation>一致性证书属于另一个计算图或另一组权重。</translation>
    </message>
    <message>
        <source>The tile has {shape} x {shape2} px; sides from {min_side} to {max_side} px can be inspected.</source>
        <translation>磁瓦为 {shape} x {shape2} 像素；可检测的边长为 {min_side} 到 {max_side} 像素。</translation>
    </message>
    <message>
        <source>The tile is {dtype} {shape}; a tile is uint8 or uint16, H x W or H x W x 3.</source>
        <translation>磁瓦为 {dtype} {shape}；应为 uint8 或 uint16，H x W 或 H x W x 3。</translation>
    </message>
    <message>
        <source>The weights in the model file belong to students that another version of Tilesight builds.</source>
        <translation>模型文件中的权重属于另一版本 Tilesight 的网络。</translation>
    </message>
    <message>
        <source>There is no backend named {name}.</source>
        <translation>没有名为 {name} 的后端。</translation>
    </message>
    <message>
        <source>There is no device named {device}.</source>
        <translation>没有名为 {device} 的设备。</translation>
    </message>
    <message>
        <source>This ONNX Runtime was installed without CUDA: install onnxruntime-gpu instead.</source>
        <translation>已安装的 ONNX Runtime 不含 CUDA：请改装 onnxruntime-gpu。</translation>
    </message>
    <message>
        <source>This torch finds no CUDA device.</source>
        <translation>此 torch 找不到 CUDA 设备。</translation>
    </message>
    <message>
        <source>Train a model from scratch with this version.</source>
        <translation>请用此版本从头训练模型。</translation>
    </message>
    <message>
        <source>Train the model again with this version, or get the model that comes with it.</source>
        <translation>请用此版本重新训练模型，或使用随附的模型。</translation>
    </message>
    <message>
        <source>Update Tilesight, or export the model again with &apos;bsdrd export&apos;.</source>
        <translation>请更新 Tilesight，或用 &apos;bsdrd export&apos; 重新导出模型。</translation>
    </message>
    <message>
        <source>Update Tilesight.</source>
        <translation>请更新 Tilesight。</translation>
    </message>
    <message>
        <source>Use PNG, JPEG, BMP, TIFF, PGM/PPM or WebP with 8 or 16 bit a channel.</source>
        <translation>请使用每通道 8 位或 16 位的 PNG、JPEG、BMP、TIFF、PGM/PPM 或 WebP。</translation>
    </message>
    <message>
        <source>Use PNG, JPEG, BMP, TIFF, PGM/PPM or WebP with 8 or 16 bit a channel. If it should be one of these, copy or export it again.</source>
        <translation>请使用每通道 8 位或 16 位的 PNG、JPEG、BMP、TIFF、PGM/PPM 或 WebP。若它本应是其中之一，请重新复制或导出。</translation>
    </message>
    <message>
        <source>Use a picture of the whole tile at its native size.</source>
        <translation>请使用原始尺寸的整片磁瓦图像。</translation>
    </message>
    <message>
        <source>Use a picture of the whole tile.</source>
        <translation>请使用整片磁瓦的图像。</translation>
    </message>
    <message>
        <source>What was there before is unchanged.</source>
        <translation>原有内容未改变。</translation>
    </message>
    <message>
        <source>a field is written in the unknown way {kind}</source>
        <translation>有一个字段以未知的方式 {kind} 写入</translation>
    </message>
    <message>
        <source>a file without an ending</source>
        <translation>无扩展名的文件</translation>
    </message>
    <message>
        <source>a member occurs twice</source>
        <translation>有成员重复出现</translation>
    </message>
    <message>
        <source>bad allocation</source>
        <translation>内存分配失败</translation>
    </message>
    <message>
        <source>failed to allocate</source>
        <translation>无法分配内存</translation>
    </message>
    <message>
        <source>field {wanted} is there {count} times</source>
        <translation>字段 {wanted} 出现了 {count} 次</translation>
    </message>
    <message>
        <source>in which {bad} values are not numbers (NaN or infinite)</source>
        <translation>，其中 {bad} 个值不是数（NaN 或无穷）</translation>
    </message>
    <message>
        <source>it ends in the middle of a field</source>
        <translation>它在一个字段中间结束</translation>
    </message>
    <message>
        <source>it ends in the middle of a number</source>
        <translation>它在一个数字中间结束</translation>
    </message>
    <message>
        <source>it is another kind of file</source>
        <translation>它是另一种文件</translation>
    </message>
    <message>
        <source>it is cut short</source>
        <translation>它被截断了</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>它是空文件</translation>
    </message>
    <message>
        <source>it is not a regular file</source>
        <translation>它不是普通文件</translation>
    </message>
    <message>
        <source>it says that tiles have {channels} channels</source>
        <translation>它声称磁瓦有 {channels} 个通道</translation>
    </message>
    <message>
        <source>it takes {inputs} and gives {outputs}</source>
        <translation>其输入为 {inputs}，输出为 {outputs}</translation>
    </message>
    <message>
        <source>its 16-bit colours cannot be decoded</source>
        <translation>其 16 位颜色无法解码</translation>
    </message>
    <message>
        <source>its manifest was changed</source>
        <translation>其清单被改动过</translation>
    </message>
    <message>
        <source>its parity certificate belongs to another network</source>
        <translation>其一致性证书属于另一个网络</translation>
    </message>
    <message>
        <source>its weights belong to another architecture than this program builds</source>
        <translation>其权重所属的结构与本程序构建的不同</translation>
    </message>
    <message>
        <source>members are missing or unknown ({list})</source>
        <translation>成员缺失或未知（{list}）</translation>
    </message>
    <message>
        <source>no stage gives {missing}</source>
        <translation>没有任何阶段给出 {missing}</translation>
    </message>
    <message>
        <source>out of memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>the edge band ({edge_band_px} px) must not be negative</source>
        <translation>边缘带（{edge_band_px} 像素）不得为负</translation>
    </message>
    <message>
        <source>the map threshold must be finite</source>
        <translation>异常图阈值须为有限值</translation>
    </message>
    <message>
        <source>the mask is {dtype} {shape}, expected bool H x W</source>
        <translation>掩膜为 {dtype} {shape}，应为 bool H x W</translation>
    </message>
    <message>
        <source>the smallest region area ({min_area_px} px) must be at least 1 px</source>
        <translation>最小区域面积（{min_area_px} 像素）至少为 1 像素</translation>
    </message>
    <message>
        <source>with values from {min} to {max}</source>
        <translation>，值介于 {min} 和 {max} 之间</translation>
    </message>
    <message>
        <source>{filename} is compressed, which a model file never is</source>
        <translation>{filename} 经过压缩，模型文件不会压缩</translation>
    </message>
    <message>
        <source>{filename} is encrypted</source>
        <translation>{filename} 已加密</translation>
    </message>
    <message>
        <source>{filename} is larger than it can be</source>
        <translation>{filename} 大得不合理</translation>
    </message>
    <message>
        <source>{filename} is not a plain member</source>
        <translation>{filename} 不是普通成员</translation>
    </message>
    <message>
        <source>{file} cannot be written as {suffix}.</source>
        <translation>{file} 无法写成 {suffix}。</translation>
    </message>
    <message>
        <source>{file} could not be saved: {strerror}.</source>
        <translation>{file} 无法保存：{strerror}。</translation>
    </message>
    <message>
        <source>{file} could not be written: {strerror}.</source>
        <translation>{file} 无法写入：{strerror}。</translation>
    </message>
    <message>
        <source>{file} is no intact model file: {why}.</source>
        <translation>{file} 不是完好的模型文件：{why}。</translation>
    </message>
    <message>
        <source>{file} was written by a newer version (file format {version}; this program knows {schema_version}).</source>
        <translation>{file} 由更新的版本写入（文件格式 {version}；本程序支持 {schema_version}）。</translation>
    </message>
    <message>
        <source>{file} was written by an earlier version of Tilesight, in a format that is no longer read.</source>
        <translation>{file} 由较早版本的 Tilesight 写入，其格式已不再支持。</translation>
    </message>
    <message>
        <source>{name} has 32-bit or signed values.</source>
        <translation>{name} 含有 32 位或带符号的值。</translation>
    </message>
    <message>
        <source>{name} has {args} as its white level.</source>
        <translation>{name} 的白电平为 {args}。</translation>
    </message>
    <message>
        <source>{name} has {height} x {width} px; at most {max_side} px a side can be inspected.</source>
        <translation>{name} 为 {height} x {width} 像素；每边最多可检测 {max_side} 像素。</translation>
    </message>
    <message>
        <source>{name} has {height} x {width} px; the detector needs at least {min_side} x {min_side2}.</source>
        <translation>{name} 为 {height} x {width} 像素；检测器至少需要 {min_side} x {min_side2}。</translation>
    </message>
    <message>
        <source>{name} holds {picture} pages or frames.</source>
        <translation>{name} 含有 {picture} 页或帧。</translation>
    </message>
    <message>
        <source>{name} is a floating-point picture{picture}.</source>
        <translation>{name} 是浮点图像{picture}。</translation>
    </message>
    <message>
        <source>{name} is damaged or incomplete ({error}).</source>
        <translation>{name} 已损坏或不完整（{error}）。</translation>
    </message>
    <message>
        <source>{name} is larger than {max_side} px.</source>
        <translation>{name} 大于 {max_side} 像素。</translation>
    </message>
    <message>
        <source>{name} is no JSON</source>
        <translation>{name} 不是 JSON</translation>
    </message>
    <message>
        <source>{name} is no readable picture (damaged, or another kind of file).</source>
        <translation>{name} 不是可读的图像（已损坏，或是其他类型的文件）。</translation>
    </message>
    <message>
        <source>{name} is not the one its manifest describes</source>
        <translation>{name} 与清单所述不符</translation>
    </message>
    <message>
        <source>{name} map is {dtype} {shape}, expected float32 {expected}</source>
        <translation>{name} 异常图为 {dtype} {shape}，应为 float32 {expected}</translation>
    </message>
    <message>
        <source>{name}: the model gave no score.</source>
        <translation>{name}：模型没有给出得分。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {strerror}.</source>
        <translation>{path} 无法读取：{strerror}。</translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>{path} has {size} MiB, more than a picture of {max_side} px needs.</source>
        <translation>{path} 有 {size} MiB，超过 {max_side} 像素图像所需的大小。</translation>
    </message>
    <message>
        <source>{path} is empty (0 bytes).</source>
        <translation>{path} 是空文件（0 字节）。</translation>
    </message>
    <message>
        <source>{path} is no file.</source>
        <translation>{path} 不是文件。</translation>
    </message>
    <message>
        <source>{root} has no tiles for this.</source>
        <translation>{root} 没有可用于此的磁瓦。</translation>
    </message>
    <message>
        <source>{root} is no folder.</source>
        <translation>{root} 不是文件夹。</translation>
    </message>
    <message>
        <source>{size} GiB is more than a model can have</source>
        <translation>{size} GiB 超过模型可能的大小</translation>
    </message>
    <message>
        <source>{text} is no JSON value</source>
        <translation>{text} 不是 JSON 值</translation>
    </message>
    <message>
        <source>{who} has not enough free memory to inspect {count} tile{count2} of {width} x {height} px at once.</source>
        <translation>{who}没有足够的可用内存一次检测 {count} 块 {width} x {height} 像素的磁瓦{count2}。</translation>
    </message>
    <message>
        <source>A frame of shape {shape} and type {dtype} cannot be searched for tiles.</source>
        <translation>形状为 {shape}、类型为 {dtype} 的画面无法用来查找磁瓦。</translation>
    </message>
    <message>
        <source>Camera {index}</source>
        <translation>相机 {index}</translation>
    </message>
    <message>
        <source>Check power, cable and address; it reconnects by itself.</source>
        <translation>请检查电源、线缆和地址；恢复后会自动重新连接。</translation>
    </message>
    <message>
        <source>Check that it is there and that you may read it.</source>
        <translation>请确认它存在且您有读取权限。</translation>
    </message>
    <message>
        <source>Check the folder&apos;s rights.</source>
        <translation>请检查文件夹的权限。</translation>
    </message>
    <message>
        <source>Choose a .bsdrd file.</source>
        <translation>请选择一个 .bsdrd 文件。</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>请选择另一个文件。</translation>
    </message>
    <message>
        <source>Choose the mask again in the recipe.</source>
        <translation>请在配方中重新选择掩膜。</translation>
    </message>
    <message>
        <source>Choose the right model file, or save the recipe with this one.</source>
        <translation>请选择正确的模型文件，或用此模型保存配方。</translation>
    </message>
    <message>
        <source>Correct or replace it.</source>
        <translation>请改正或替换它。</translation>
    </message>
    <message>
        <source>Demo line</source>
        <translation>演示产线</translation>
    </message>
    <message>
        <source>Demo line, cut tiles</source>
        <translation>演示产线（单片磁瓦）</translation>
    </message>
    <message>
        <source>Draw the rectangle again on a frame of this camera, or find tiles automatically.</source>
        <translation>请在此相机的画面上重新画出矩形，或改为自动查找磁瓦。</translation>
    </message>
    <message>
        <source>Frames came faster than they could be inspected.</source>
        <translation>画面到达的速度超过了检测速度。</translation>
    </message>
    <message>
        <source>Inspecting failed ({name}: {error}).</source>
        <translation>检测失败（{name}：{error}）。</translation>
    </message>
    <message>
        <source>Inspection was paused when this tile came.</source>
        <translation>此磁瓦到达时检测处于暂停状态。</translation>
    </message>
    <message>
        <source>Inspection was stopped before this tile was inspected.</source>
        <translation>此磁瓦尚未检测，检测就已停止。</translation>
    </message>
    <message>
        <source>Install Tilesight again, or choose a model file.</source>
        <translation>请重新安装 Tilesight，或选择一个模型文件。</translation>
    </message>
    <message>
        <source>It is no rectangle.</source>
        <translation>它不是矩形。</translation>
    </message>
    <message>
        <source>It may be damaged or of an unknown kind: play it elsewhere, or convert it to MP4.</source>
        <translation>文件可能已损坏或格式未知：请用其他程序播放，或转换为 MP4。</translation>
    </message>
    <message>
        <source>It reaches beyond the picture.</source>
        <translation>它超出了画面。</translation>
    </message>
    <message>
        <source>It was kept as {aside}.</source>
        <translation>原文件已保留为 {aside}。</translation>
    </message>
    <message>
        <source>It was left untouched.</source>
        <translation>它未被改动。</translation>
    </message>
    <message>
        <source>It was left where it is.</source>
        <translation>它仍在原处。</translation>
    </message>
    <message>
        <source>Its longer side exceeds {longest_px} pixels: perhaps several tiles that touch.</source>
        <translation>其长边超过 {longest_px} 像素：可能是多块相接的磁瓦。</translation>
    </message>
    <message>
        <source>Its record cannot be stored now, so it does not count as inspected.</source>
        <translation>其记录现在无法保存，因此不算已检测。</translation>
    </message>
    <message>
        <source>Its record cannot be stored now, so it does not count as inspected. {why}</source>
        <translation>其记录现在无法保存，因此不算已检测。{why}</translation>
    </message>
    <message>
        <source>Its record could not be stored as it is ({name}: {error}).</source>
        <translation>其记录无法按原样保存（{name}：{error}）。</translation>
    </message>
    <message>
        <source>JPEG, PNG, BMP, TIFF, PGM/PPM and WebP files can be inspected.</source>
        <translation>可以检测 JPEG、PNG、BMP、TIFF、PGM/PPM 和 WebP 文件。</translation>
    </message>
    <message>
        <source>Looking for tiles failed ({name}: {error}).</source>
        <translation>查找磁瓦失败（{name}：{error}）。</translation>
    </message>
    <message>
        <source>More than {most} tiles in one frame.</source>
        <translation>一幅画面中的磁瓦超过 {most} 块。</translation>
    </message>
    <message>
        <source>No file or folder was given.</source>
        <translation>没有给出文件或文件夹。</translation>
    </message>
    <message>
        <source>No source was named.</source>
        <translation>没有指定来源。</translation>
    </message>
    <message>
        <source>No tile was found in this picture.</source>
        <translation>在此图像中未找到磁瓦。</translation>
    </message>
    <message>
        <source>Nothing of this tile was inspected: the mask or the edge band covers all of it, or its maps are damaged.</source>
        <translation>此磁瓦没有任何部分被检测：掩膜或边缘带覆盖了全部区域，或其异常图已损坏。</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>未作任何更改。</translation>
    </message>
    <message>
        <source>Nothing was started.</source>
        <translation>没有启动任何检测。</translation>
    </message>
    <message>
        <source>One video at a time can be inspected.</source>
        <translation>一次只能检测一个视频。</translation>
    </message>
    <message>
        <source>Open {name} alone, or pictures only.</source>
        <translation>请单独打开 {name}，或只打开图像。</translation>
    </message>
    <message>
        <source>Recipes here: {known}.</source>
        <translation>现有配方：{known}。</translation>
    </message>
    <message>
        <source>Restore it from a backup.</source>
        <translation>请从备份中恢复。</translation>
    </message>
    <message>
        <source>Set the software trigger first.</source>
        <translation>请先设为软件触发。</translation>
    </message>
    <message>
        <source>Start an inspection first.</source>
        <translation>请先开始检测。</translation>
    </message>
    <message>
        <source>Streams of the kind {scheme}:// cannot be read.</source>
        <translation>无法读取 {scheme}:// 类型的视频流。</translation>
    </message>
    <message>
        <source>T1 ({t1}) must not exceed T2 ({t2})</source>
        <translation>T1（{t1}）不得大于 T2（{t2}）</translation>
    </message>
    <message>
        <source>T1 and T2 are set together, or both are the model&apos;s own</source>
        <translation>T1 和 T2 须同时设定，或都采用模型自带的值</translation>
    </message>
    <message>
        <source>The camera lost this picture before it reached the computer. Check the network and its load.</source>
        <translation>相机在此图像到达计算机之前丢失了它。请检查网络及其负载。</translation>
    </message>
    <message>
        <source>The camera was lost before it took this picture.</source>
        <translation>相机在拍摄此图像之前断开。</translation>
    </message>
    <message>
        <source>The demo camera does not choose its exposure itself.</source>
        <translation>演示相机不支持自动曝光。</translation>
    </message>
    <message>
        <source>The demo camera gives no {pixel_format}.</source>
        <translation>演示相机不提供 {pixel_format} 格式。</translation>
    </message>
    <message>
        <source>The demo camera has no {trigger} trigger.</source>
        <translation>演示相机没有 {trigger} 触发。</translation>
    </message>
    <message>
        <source>The demo camera runs freely and takes no trigger.</source>
        <translation>演示相机处于自由运行状态，不接受触发。</translation>
    </message>
    <message>
        <source>The detector did not answer in time. If this goes on, restart the program.</source>
        <translation>检测器未按时响应。如果持续出现，请重新启动程序。</translation>
    </message>
    <message>
        <source>The detector failed ({name}: {error}).</source>
        <translation>检测器出错（{name}：{error}）。</translation>
    </message>
    <message>
        <source>The detector in force stays.</source>
        <translation>正在使用的检测器保持不变。</translation>
    </message>
    <message>
        <source>The driver of {title} does not let its {name} be set.</source>
        <translation>{title} 的驱动程序不允许设定{name}。</translation>
    </message>
    <message>
        <source>The engine is closed.</source>
        <translation>检测引擎已关闭。</translation>
    </message>
    <message>
        <source>The file could not be read ({strerror}). Check that it is still there.</source>
        <translation>文件无法读取（{strerror}）。请确认它仍然存在。</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be reached ({strerror}).</source>
        <translation>无法访问文件夹 {folder}（{strerror}）。</translation>
    </message>
    <message>
        <source>The folder {root} cannot be listed ({strerror}).</source>
        <translation>无法列出文件夹 {root}（{strerror}）。</translation>
    </message>
    <message>
        <source>The line did not come to the change in time.</source>
        <translation>产线未能及时完成切换。</translation>
    </message>
    <message>
        <source>The mask {path} is not the picture that the recipe was made with.</source>
        <translation>掩膜 {path} 不是制作配方时所用的图像。</translation>
    </message>
    <message>
        <source>The mask {path} leaves nothing to inspect: white is inspected.</source>
        <translation>掩膜 {path} 没有留下可检测的区域：白色部分才会检测。</translation>
    </message>
    <message>
        <source>The model that ships with Tilesight is missing ({path}).</source>
        <translation>Tilesight 附带的模型缺失（{path}）。</translation>
    </message>
    <message>
        <source>The old recipe stays in force.</source>
        <translation>原配方继续使用。</translation>
    </message>
    <message>
        <source>The picture is too large for this computer&apos;s memory. Crop or scale it.</source>
        <translation>图像过大，超出本机内存。请裁剪或缩小。</translation>
    </message>
    <message>
        <source>The recipe {name} cannot judge: {error}.</source>
        <translation>配方“{name}”无法判定：{error}。</translation>
    </message>
    <message>
        <source>The recipe {name} could not be deleted.</source>
        <translation>配方“{name}”无法删除。</translation>
    </message>
    <message>
        <source>The recipe {name} was made for another model than {name2} ({model_sha256}, not {sha256}).</source>
        <translation>配方“{name}”是为另一个模型制作的，不是 {name2}（应为 {model_sha256}，而非 {sha256}）。</translation>
    </message>
    <message>
        <source>The recipe&apos;s rule does not fit this tile ({name}: {error}).</source>
        <translation>配方的规则不适用于此磁瓦（{name}：{error}）。</translation>
    </message>
    <message>
        <source>The rectangle set for tiles ({width} x {height} at {x}, {y}) reaches beyond the frame of {width2} x {height2}.</source>
        <translation>为磁瓦设定的矩形（位于 {x}, {y}，大小 {width} x {height}）超出了 {width2} x {height2} 的画面。</translation>
    </message>
    <message>
        <source>The source failed ({name}: {error}).</source>
        <translation>来源出错（{name}：{error}）。</translation>
    </message>
    <message>
        <source>There is a recipe {name} already.</source>
        <translation>已有名为“{name}”的配方。</translation>
    </message>
    <message>
        <source>There is no detector: no model could be loaded.</source>
        <translation>没有检测器：无法加载任何模型。</translation>
    </message>
    <message>
        <source>There is no file or folder {root}.</source>
        <translation>没有文件或文件夹 {root}。</translation>
    </message>
    <message>
        <source>There is no folder {folder} to watch.</source>
        <translation>没有可监视的文件夹 {folder}。</translation>
    </message>
    <message>
        <source>There is no model file {path}.</source>
        <translation>没有模型文件 {path}。</translation>
    </message>
    <message>
        <source>There is no picture in {title}{list}.</source>
        <translation>{title} 中没有图像{list}。</translation>
    </message>
    <message>
        <source>There is no recipe in force.</source>
        <translation>当前没有使用中的配方。</translation>
    </message>
    <message>
        <source>There is no recipe {name}.</source>
        <translation>没有配方“{name}”。</translation>
    </message>
    <message>
        <source>There is no video file {path}.</source>
        <translation>没有视频文件 {path}。</translation>
    </message>
    <message>
        <source>There was no time to inspect this tile: triggers came faster than the inspection. Slow the line down, or use a faster computer.</source>
        <translation>没有时间检测此磁瓦：触发速度超过检测速度。请降低产线速度，或使用更快的计算机。</translation>
    </message>
    <message>
        <source>Tiles on a belt</source>
        <translation>传送带上的磁瓦</translation>
    </message>
    <message>
        <source>Update Tilesight to use it.</source>
        <translation>请更新 Tilesight 后再使用。</translation>
    </message>
    <message>
        <source>Use a number: camera:0 is the first.</source>
        <translation>请使用编号：camera:0 是第一台相机。</translation>
    </message>
    <message>
        <source>Use another name.</source>
        <translation>请使用其他名称。</translation>
    </message>
    <message>
        <source>Use demo, demo:tiles, a file or folder, watch:FOLDER (new pictures), watch-all:FOLDER (also those there), camera:NUMBER, rtsp://... or http://....</source>
        <translation>可用：demo、demo:tiles、文件或文件夹、watch:文件夹（新图像）、watch-all:文件夹（包括已有图像）、camera:编号、rtsp://... 或 http://...。</translation>
    </message>
    <message>
        <source>Use demo, demo:tiles, or with options demo:tiles?rate=5&amp;count=100&amp;seed=3&amp;defects=0.2&amp;texture=coarse (rate 0: as fast as possible).</source>
        <translation>可用：demo、demo:tiles，或带选项 demo:tiles?rate=5&amp;count=100&amp;seed=3&amp;defects=0.2&amp;texture=coarse（rate 为 0 表示尽可能快）。</translation>
    </message>
    <message>
        <source>Use for instance camera:0?exposure=5000&amp;gain=4&amp;auto=off&amp;trigger=software.</source>
        <translation>例如：camera:0?exposure=5000&amp;gain=4&amp;auto=off&amp;trigger=software。</translation>
    </message>
    <message>
        <source>Use grey or RGB pictures of 8 or 16 bits.</source>
        <translation>请使用 8 位或 16 位的灰度或 RGB 图像。</translation>
    </message>
    <message>
        <source>What held before holds again.</source>
        <translation>已恢复之前的设置。</translation>
    </message>
    <message>
        <source>Whole pictures</source>
        <translation>整幅图像</translation>
    </message>
    <message>
        <source>a back-off needs 0 &lt; first &lt;= limit and 0 &lt;= jitter &lt; 1</source>
        <translation>重试间隔须满足 0 &lt; first &lt;= limit 且 0 &lt;= jitter &lt; 1</translation>
    </message>
    <message>
        <source>a file source needs at least one path</source>
        <translation>文件来源至少需要一个路径</translation>
    </message>
    <message>
        <source>a lot holds 1 tile or more, not {lot_size}</source>
        <translation>每批至少 1 片磁瓦，而不是 {lot_size}</translation>
    </message>
    <message>
        <source>a queue needs room for at least one item</source>
        <translation>队列至少要能容纳一项</translation>
    </message>
    <message>
        <source>a tile is at least {smallest_side} pixels high and wide, not {height} x {width}</source>
        <translation>磁瓦的高和宽至少为 {smallest_side} 像素，而不是 {height} x {width}</translation>
    </message>
    <message>
        <source>automatic exposure</source>
        <translation>自动曝光</translation>
    </message>
    <message>
        <source>camera:{text} cannot be set up: {error}.</source>
        <translation>无法设置 camera:{text}：{error}。</translation>
    </message>
    <message>
        <source>camera:{text} names no camera.</source>
        <translation>camera:{text} 不是有效的相机。</translation>
    </message>
    <message>
        <source>demo:{options} names no demo line: {error}.</source>
        <translation>demo:{options} 不是有效的演示产线：{error}。</translation>
    </message>
    <message>
        <source>exposure</source>
        <translation>曝光</translation>
    </message>
    <message>
        <source>exposure is a mean grey level above 0 and up to 255, not {exposure}</source>
        <translation>曝光为大于 0 且不超过 255 的平均灰度，而不是 {exposure}</translation>
    </message>
    <message>
        <source>frame {number}</source>
        <translation>第 {number} 帧</translation>
    </message>
    <message>
        <source>free run</source>
        <translation>自由运行</translation>
    </message>
    <message>
        <source>gain</source>
        <translation>增益</translation>
    </message>
    <message>
        <source>hardware</source>
        <translation>硬件</translation>
    </message>
    <message>
        <source>it cannot be opened ({error})</source>
        <translation>无法打开（{error}）</translation>
    </message>
    <message>
        <source>it does not answer</source>
        <translation>没有响应</translation>
    </message>
    <message>
        <source>no kind {kind}; known are {list}</source>
        <translation>没有种类 {kind}；已知种类：{list}</translation>
    </message>
    <message>
        <source>no picture comes any more</source>
        <translation>不再有图像到达</translation>
    </message>
    <message>
        <source>no texture {name}; known are {list}</source>
        <translation>没有纹理 {name}；已知纹理：{list}</translation>
    </message>
    <message>
        <source>nothing came for {silent} s</source>
        <translation>已有 {silent} 秒没有数据</translation>
    </message>
    <message>
        <source>reading failed ({error})</source>
        <translation>读取失败（{error}）</translation>
    </message>
    <message>
        <source>severity lies between 0 and 1, not {severity}</source>
        <translation>严重程度介于 0 和 1 之间，而不是 {severity}</translation>
    </message>
    <message>
        <source>shortest_px must not exceed longest_px</source>
        <translation>shortest_px 不得大于 longest_px</translation>
    </message>
    <message>
        <source>software</source>
        <translation>软件</translation>
    </message>
    <message>
        <source>the count is 1 or more, not {count}</source>
        <translation>数量至少为 1，而不是 {count}</translation>
    </message>
    <message>
        <source>the rate lies between 0 and 1000 pictures a second, not {rate}</source>
        <translation>速率介于每秒 0 到 1000 幅之间，而不是 {rate}</translation>
    </message>
    <message>
        <source>the seed is 0 or more, not {seed}</source>
        <translation>种子值至少为 0，而不是 {seed}</translation>
    </message>
    <message>
        <source>the share of defects lies between 0 and 1, not {defects}</source>
        <translation>缺陷比例介于 0 和 1 之间，而不是 {defects}</translation>
    </message>
    <message>
        <source>the view is belt or tiles, not {view}</source>
        <translation>视图为 belt 或 tiles，而不是 {view}</translation>
    </message>
    <message>
        <source>there is no option {key}</source>
        <translation>没有选项 {key}</translation>
    </message>
    <message>
        <source>there is no texture {texture}; known are {list}</source>
        <translation>没有纹理 {texture}；已知纹理：{list}</translation>
    </message>
    <message>
        <source>there is no {key}={text}</source>
        <translation>没有 {key}={text}</translation>
    </message>
    <message>
        <source>{count} files</source>
        <translation>{count} 个文件</translation>
    </message>
    <message>
        <source>{count} folders cannot be listed: {list}</source>
        <translation>{count} 个文件夹无法列出：{list}</translation>
    </message>
    <message>
        <source>{count} older pictures left alone</source>
        <translation>{count} 幅旧图像未处理</translation>
    </message>
    <message>
        <source>{key}={text} is no number from 0</source>
        <translation>{key}={text} 不是不小于 0 的数</translation>
    </message>
    <message>
        <source>{masks} masks left out</source>
        <translation>略去 {masks} 个掩膜</translation>
    </message>
    <message>
        <source>{name} announces {announced} frames, but only the first {next} can be decoded. The file is cut off or damaged: copy or record it again.</source>
        <translation>{name} 标称有 {announced} 帧，但只能解码前 {next} 帧。文件被截断或已损坏：请重新复制或录制。</translation>
    </message>
    <message>
        <source>{name} cannot be read as a video.</source>
        <translation>{name} 无法作为视频读取。</translation>
    </message>
    <message>
        <source>{name} holds wrong values: {error}.</source>
        <translation>{name} 含有错误的值：{error}。</translation>
    </message>
    <message>
        <source>{name} is damaged ({error}).</source>
        <translation>{name} 已损坏（{error}）。</translation>
    </message>
    <message>
        <source>{name} is no file of Tilesight.</source>
        <translation>{name} 不是 Tilesight 的文件。</translation>
    </message>
    <message>
        <source>{name} is unchanged.</source>
        <translation>{name} 未改变。</translation>
    </message>
    <message>
        <source>{name} was written by a newer Tilesight (format {number}; this one knows up to {newest}).</source>
        <translation>{name} 由更新版本的 Tilesight 写入（格式 {number}；本程序最高支持 {newest}）。</translation>
    </message>
    <message>
        <source>{path} cannot be read ({strerror}).</source>
        <translation>{path} 无法读取（{strerror}）。</translation>
    </message>
    <message>
        <source>{path} could not be written ({strerror}).</source>
        <translation>{path} 无法写入（{strerror}）。</translation>
    </message>
    <message>
        <source>{title} did not take the {names}.</source>
        <translation>{title} 未接受所设的{names}。</translation>
    </message>
    <message>
        <source>{title} does not answer.</source>
        <translation>{title} 没有响应。</translation>
    </message>
    <message>
        <source>{title} gives no {pixel_format}.</source>
        <translation>{title} 不提供 {pixel_format} 格式。</translation>
    </message>
    <message>
        <source>{title} has no {trigger} trigger.</source>
        <translation>{title} 没有 {trigger} 触发。</translation>
    </message>
    <message>
        <source>{title} is lost and takes no picture.</source>
        <translation>{title} 已断开，无法拍摄。</translation>
    </message>
    <message>
        <source>{title} refused: {error}.</source>
        <translation>{title} 拒绝：{error}。</translation>
    </message>
    <message>
        <source>{title} runs freely and takes no trigger.</source>
        <translation>{title} 处于自由运行状态，不接受触发。</translation>
    </message>
    <message>
        <source>{title}: it was not opened.</source>
        <translation>{title}：未打开。</translation>
    </message>
    <message>
        <source>{title}: the driver has not returned since the loss.</source>
        <translation>{title}：断开后驱动程序一直没有返回。</translation>
    </message>
    <message>
        <source>{what} They were kept as {aside}.</source>
        <translation>{what} 原设置已保留为 {aside}。</translation>
    </message>
    <message>
        <source>(process {text})</source>
        <translation>（进程 {text}）</translation>
    </message>
    <message>
        <source>A change needs a reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A change of a recipe needs a reason.</source>
        <translation>更改配方需要说明原因。</translation>
    </message>
    <message>
        <source>A database server keeps no pictures.</source>
        <translation>数据库服务器不保存图像。</translation>
    </message>
    <message>
        <source>A label needs a reviewer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask could not be encoded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask has another size than its picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask lies outside its tile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask of {shape} x {shape2} pixels does not fit a tile of {width} x {height}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask&apos;s picture is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask&apos;s runs do not fill {width} x {height} pixels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask&apos;s text is no run-length encoding.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A picture could not be encoded as PNG.</source>
        <translation>图像无法编码为 PNG。</translation>
    </message>
    <message>
        <source>A picture without a name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A polygon has less than three points.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A region is a connected area in which the map reaches T1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A region is a connected area in which the map reaches {map_threshold}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A store needs a database file.</source>
        <translation>存储需要一个数据库文件。</translation>
    </message>
    <message>
        <source>A store on a database server is backed up with the server&apos;s own tools.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A target needs at least 2 records labelled good, and there are {good}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A thumbnail could not be encoded.</source>
        <translation>缩略图无法编码。</translation>
    </message>
    <message>
        <source>A tile is OK while its score stays below {t1} (T1), GREY from there on, and NG from {t2} (T2) on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tile is OK while its score stays below {t1}, and NG from there on; nothing is GREY.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tile of shape {shape} and type {dtype} cannot be stored.</source>
        <translation>形状为 {shape}、类型为 {dtype} 的磁瓦无法保存。</translation>
    </message>
    <message>
        <source>A {kind} has no area, so it is no mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A {kind} has not the points it needs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add its file first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the model file again, or restore a backup.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An annotation has only a box, no mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program holds the database ({doing}).</source>
        <translation>另一个程序占用了数据库（{doing}）。</translation>
    </message>
    <message>
        <source>As it was in force before tuning.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the disk and the log file.</source>
        <translation>请检查磁盘和日志文件。</translation>
    </message>
    <message>
        <source>Check the disk of the store folder.</source>
        <translation>请检查存储文件夹所在的磁盘。</translation>
    </message>
    <message>
        <source>Check the rights of the store folder and that its disk is not read-only.</source>
        <translation>请检查存储文件夹的权限，并确认磁盘不是只读。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请选择其他名称。</translation>
    </message>
    <message>
        <source>Choose another store folder.</source>
        <translation>请选择另一个存储文件夹。</translation>
    </message>
    <message>
        <source>Choose another.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder that a backup was made into.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close programs that have the database open; it goes on by itself.</source>
        <translation>请关闭占用数据库的程序；之后会自动继续。</translation>
    </message>
    <message>
        <source>Close that program, or choose another store folder.</source>
        <translation>请关闭那个程序，或选择另一个存储文件夹。</translation>
    </message>
    <message>
        <source>Draw the defect first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space; it goes on by itself.</source>
        <translation>请腾出空间；之后会自动继续。</translation>
    </message>
    <message>
        <source>Give a folder for files beside its address.</source>
        <translation>除地址外请再给出存放文件的文件夹。</translation>
    </message>
    <message>
        <source>Give a folder in the MVTec AD layout, a COCO or CSV file, or a folder of labelme files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a folder, or an address like postgresql+psycopg://user@host/tilesight.</source>
        <translation>请给出文件夹，或形如 postgresql+psycopg://user@host/tilesight 的地址。</translation>
    </message>
    <message>
        <source>Give a folder.</source>
        <translation>请给出文件夹。</translation>
    </message>
    <message>
        <source>Import of {origin}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Imported, not inspected yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inspect the tile again; then alike regions can be found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the newer program, or choose another store folder.</source>
        <translation>请安装更新的程序，或选择另一个存储文件夹。</translation>
    </message>
    <message>
        <source>Install the newer program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is still there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It names neither a record nor a picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stays as it is, since comparisons name it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was left as it is.</source>
        <translation>它保持原样。</translation>
    </message>
    <message>
        <source>Its picture cannot be read: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its picture is not there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its score is the highest value of the anomaly map in a region that counts; without such a region, the highest value that makes none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its score is the highest value of the anomaly map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its scores and regions are there.</source>
        <translation>其得分和区域仍在。</translation>
    </message>
    <message>
        <source>Keep more with the recipe&apos;s retention rule.</source>
        <translation>请在配方的保留规则中保留更多。</translation>
    </message>
    <message>
        <source>Label some good tiles in Review, or set the thresholds by hand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {number}: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask {mask_id} of record {record_id} is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the columns in the first line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model was live for {recipe} before this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No threshold was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of it was imported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was labelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was left behind.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation>请重新打开。</translation>
    </message>
    <message>
        <source>Open it for writing.</source>
        <translation>请以可写方式打开。</translation>
    </message>
    <message>
        <source>Open it once for writing.</source>
        <translation>请以可写方式打开一次。</translation>
    </message>
    <message>
        <source>Promote another model first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the pictures beside labelme&apos;s files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the pictures beside the COCO file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raise the cap, or label tiles that must stay.</source>
        <translation>请提高上限，或为必须保留的磁瓦加标签。</translation>
    </message>
    <message>
        <source>Record {record_id} has no region {index}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refresh the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region {index} of record {record_id} was stored without a description.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions of any size count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions smaller than {area} px ({area_mm2} mm²) do not count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions smaller than {area} px do not count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reload the records and look at the flip list again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reload the records; if it happens again, verify the store.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore a backup, and check the disk.</source>
        <translation>请恢复备份，并检查磁盘。</translation>
    </message>
    <message>
        <source>Restore the file from a backup, and check the disk.</source>
        <translation>请从备份恢复该文件，并检查磁盘。</translation>
    </message>
    <message>
        <source>Restore the file from a backup.</source>
        <translation>请从备份恢复该文件。</translation>
    </message>
    <message>
        <source>Restore the latest backup, or start with a new store folder.</source>
        <translation>请恢复最近的备份，或改用新的存储文件夹。</translation>
    </message>
    <message>
        <source>Restore them from a backup.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restoring was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {bare} has no line in audit.anchors, which was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {first} was removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {last} is not the one that the log ended with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {seq} does not follow row {seq2}: one of them was replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {seq} is not the one that was anchored: it was rewritten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {seq} was edited.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {seq} was row {number}: rows were put in another order.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows after {head} were added by another program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows {first} to {last} were removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say who you are first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several labels are ticked: {list}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The audit log needs to know who it was.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The backup was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The backup was made by a newer Tilesight (schema {schema}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The backup&apos;s database is damaged: {answer}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database cannot be written ({doing}): {text}.</source>
        <translation>数据库无法写入（{doing}）：{text}。</translation>
    </message>
    <message>
        <source>The database failed ({doing}): {text}.</source>
        <translation>数据库出错（{doing}）：{text}。</translation>
    </message>
    <message>
        <source>The database is damaged ({doing}): {text}.</source>
        <translation>数据库已损坏（{doing}）：{text}。</translation>
    </message>
    <message>
        <source>The database no longer says where the log ends.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk failed ({doing}): {error}.</source>
        <translation>磁盘出错（{doing}）：{error}。</translation>
    </message>
    <message>
        <source>The disk is full ({doing}).</source>
        <translation>磁盘已满（{doing}）。</translation>
    </message>
    <message>
        <source>The export was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file audit.anchors is missing: the log&apos;s end cannot be checked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live model stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask could not be encoded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask leaves out {share} % of the tile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model file {name} is not in the store.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The outermost {band} px ({band_mm} mm) of the tile are not inspected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The outermost {band} px of the tile are not inspected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture {named} is not there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The registry has no model {sha256}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The set needs a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store cannot be written ({doing}): {strerror}.</source>
        <translation>存储无法写入（{doing}）：{strerror}。</translation>
    </message>
    <message>
        <source>The store does not know it, and it has no picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store has an older schema or none, and was opened for reading only.</source>
        <translation>存储的结构较旧或没有结构，且以只读方式打开。</translation>
    </message>
    <message>
        <source>The store has no version {version} of the recipe {name}.</source>
        <translation>存储中没有配方“{name}”的版本 {version}。</translation>
    </message>
    <message>
        <source>The store is as it was.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store was closed.</source>
        <translation>存储已关闭。</translation>
    </message>
    <message>
        <source>The store was written by a newer Tilesight (schema {found}, this one knows {head}).</source>
        <translation>存储由更新版本的 Tilesight 写入（结构 {found}，本程序支持 {head}）。</translation>
    </message>
    <message>
        <source>The store {folder} is open in another program{holder}.</source>
        <translation>存储 {folder} 已在另一个程序中打开{holder}。</translation>
    </message>
    <message>
        <source>The stored anomaly maps cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stored picture cannot be decoded.</source>
        <translation>保存的图像无法解码。</translation>
    </message>
    <message>
        <source>The stored scores cannot be compared: their columns have {lengths} rows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The thresholds stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The whole tile is inspected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The {kind} of record {record_id} is damaged: it is not what was stored.</source>
        <translation>记录 {record_id} 的{kind}已损坏：与保存时不符。</translation>
    </message>
    <message>
        <source>The {kind} of record {record_id} is missing: {path}.</source>
        <translation>记录 {record_id} 的{kind}缺失：{path}。</translation>
    </message>
    <message>
        <source>The {kind} of record {record_id} was not kept.</source>
        <translation>记录 {record_id} 的{kind}未保留。</translation>
    </message>
    <message>
        <source>The {kind} of record {record_id} was removed on {day} to stay below the size cap.</source>
        <translation>为不超过容量上限，记录 {record_id} 的{kind}已于 {day} 删除。</translation>
    </message>
    <message>
        <source>There is a set {name} already, with other tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no record {missing}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no record {record_id}.</source>
        <translation>没有记录 {record_id}。</translation>
    </message>
    <message>
        <source>This needs a reason.</source>
        <translation>请说明原因。</translation>
    </message>
    <message>
        <source>This store was opened for reading only.</source>
        <translation>此存储以只读方式打开。</translation>
    </message>
    <message>
        <source>Tick one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles are grey or RGB, 8 or 16 bit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use another backup.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use pg_dump, and copy the store&apos;s folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What Tilesight wrote about record {uid} was damaged: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What Tilesight wrote about {name} was damaged: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was acknowledged before is kept.</source>
        <translation>此前已确认的内容都已保留。</translation>
    </message>
    <message>
        <source>a brush needs a radius above 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a mask holds at most {most_strokes} strokes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a polygon needs at least 3 corners, not {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a record&apos;s times need a time zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a rectangle has 2 corners, not {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a tile judged {verdict} needs a score</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a tile that was not inspected needs a reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an area in mm² needs a scale (mm per pixel)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changing a model&apos;s note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changing a model&apos;s state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checking files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>counting records</source>
        <translation>统计记录</translation>
    </message>
    <message>
        <source>ending shadow mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exporting a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exporting masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exporting pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>false alarm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>grey and ng</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>making a backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>making room</source>
        <translation>腾出空间</translation>
    </message>
    <message>
        <source>maps</source>
        <translation>异常图</translation>
    </message>
    <message>
        <source>model {name} {sha256}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>opening the store</source>
        <translation>打开存储</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>promoting a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading comparisons</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading evaluation sets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading gaps</source>
        <translation>读取间断</translation>
    </message>
    <message>
        <source>reading labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading recipes</source>
        <translation>读取配方</translation>
    </message>
    <message>
        <source>reading records</source>
        <translation>读取记录</translation>
    </message>
    <message>
        <source>reading region labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading regions</source>
        <translation>读取区域</translation>
    </message>
    <message>
        <source>reading scores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading serial numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading shadow results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading shadow runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading the store</source>
        <translation>读取存储</translation>
    </message>
    <message>
        <source>reading the store&apos;s size</source>
        <translation>读取存储的大小</translation>
    </message>
    <message>
        <source>reading the {kind}</source>
        <translation>读取{kind}</translation>
    </message>
    <message>
        <source>reading thumbnails</source>
        <translation>读取缩略图</translation>
    </message>
    <message>
        <source>recipe restored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>removing a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>removing an evaluation set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>removing files that belong to nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>removing old pictures</source>
        <translation>删除旧图像</translation>
    </message>
    <message>
        <source>restoring a backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rolling back a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>starting shadow mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>storing a comparison</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>storing a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>storing an evaluation set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the smallest region area ({min_area}) must be a number from 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>thresholds changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tidying up after the last run</source>
        <translation>上次运行后的整理</translation>
    </message>
    <message>
        <source>writing a gap</source>
        <translation>写入间断</translation>
    </message>
    <message>
        <source>writing a recipe</source>
        <translation>写入配方</translation>
    </message>
    <message>
        <source>writing labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>writing pictures</source>
        <translation>写入图像</translation>
    </message>
    <message>
        <source>writing records</source>
        <translation>写入记录</translation>
    </message>
    <message>
        <source>writing shadow results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>writing the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>writing the audit log&apos;s anchors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>writing to the store</source>
        <translation>写入存储</translation>
    </message>
    <message>
        <source>{actor} changed the recipe {name} meanwhile (version {version}).</source>
        <translation>{actor} 同时更改了配方“{name}”（版本 {version}）。</translation>
    </message>
    <message>
        <source>{count} tiles: {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} cannot be read as CSV in UTF-8: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} cannot be read: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} has neither a column &apos;uid&apos; nor a column &apos;file&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is a database, but not one of Tilesight.</source>
        <translation>{file} 是数据库，但不是 Tilesight 的。</translation>
    </message>
    <message>
        <source>{file} is no COCO file: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is no JSON: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is too large to be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} holds no finished backup.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} is not empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} is not what Tilesight writes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moment} has no time zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} failed its parity check and cannot go live.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is damaged or was changed meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is live for {list} and cannot be deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is live for {recipe} already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is live.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is live; only another model can be its shadow.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is what a rollback of {recipe} goes back to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was exported by a newer Tilesight.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: it is there twice; the first one was taken.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} holds no {upper} file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is in none of the known formats.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{reviewer} drew no mask {mask_id} on record {record_id}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{target} is not empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text} is no judgement of a region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{uid} is no uid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{uid} is no uid of a record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{where} is not the address of a database.</source>
        <translation>{where} 不是数据库的地址。</translation>
    </message>
    <message>
        <source>, of which {count} cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 more different tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 more picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 tile was labelled otherwise since the set was frozen; it keeps what it was.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; {count} could not be inspected. The first: {failed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A comparison needs at least 2 tiles that are known to be good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A comparison needs at least 2 tiles that are known to be good.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A comparison needs at least 2 tiles that are known to be good; {count} could not be inspected. The first: {failed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A map of {shape} and a mask of {shape2} do not match.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A stored comparison cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A target is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training setting is wrong: {list}: {first}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>AUPRO needs the overlap with regions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add good tiles that were not trained on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add good tiles: a hundred pictures of thirty tiles give a usable detector.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add pictures of other tiles, or give the groups in a manifest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All pictures show one tile: add pictures of other tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {count} good pictures seem to show one tile, so none can be held out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An anomaly map has values that are no finite numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another model went live since the comparison was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At least 2 tiles that are known to be good are needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CUDA was asked for, but torch finds no CUDA device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calibrate the model again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check mask and edge band.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the disk and the installation, then start it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the permissions of the data set&apos;s folders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder of good tiles; those of a test split are kept for comparing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a smaller batch size or a smaller max_side, or close other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose at least {fewest} pictures of different tiles, or look at them yourself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose more good tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of {list}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the device &apos;auto&apos; or &apos;cpu&apos;, or install the driver and a CUDA build of torch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the file that torchvision publishes for this network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare the two models again, then start shadow mode anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare the two models first: that finds thresholds for the new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to the network, or fetch that file elsewhere and give its path, or use the teacher efficientnet_lite2, which needs no download.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct these rows, or remove the file to have groups guessed from frame numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct these rows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete it and fetch it again, or choose another teacher.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export these masks again at the size of their pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exposure differs widely: mean brightness from {low} to {high} of 255.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space. {again}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free space on that disk or choose another folder, then resume.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free space on that disk, or check that it can be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free space on that disk, then resume.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a folder of good pictures, an MVTec AD or MT folder, or a manifest CSV.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a miss rate, a false-reject rate, or both.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give all pictures of a tile the same split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give pictures, or folders with pictures in them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the path of the weights of {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begins: {train} pictures to learn from, {held} held out ({device}, processor threads: {threads})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 record has no serial number: it is taken for a tile of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, or train anew with fewer tiles in a step. {again}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting, and proving that the export says the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Few tiles: {pictures} and {different} would make a usable detector.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Few tiles: {what} would make a usable detector.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finding T1 and T2 on held-out tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes on after step {begun}: {train} pictures to learn from, {held} held out ({device}, processor threads: {threads})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In force before anything was promoted here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inspect these tiles again; the model may be damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the package that the documentation names for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the package {value} with pip.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes on from there when you resume it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stays in the store.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its first row names the columns: file, class, group, split, mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label more tiles in Review, or choose a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label some, or calibrate from good tiles by quantile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label tiles in Review.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning what is usual on held-out tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out: {one}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out: {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks must be as large as their pictures:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory ran out during training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed sizes: {count} of {count2} pictures have {width} x {height} px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed sizes: {spread}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the pictures of {name} to {name2}/good or another class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move them away, or use the MVTec AD layout or a manifest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move them to the test split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No defective tiles were given: how many defects escape is unknown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No tile is known to be defective: nobody can say whether the new model misses more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody can say what the new model misses: no known defects were compared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not enough {kind} tiles for {what} at {share}: {pictures} count as {effective}, and {share2} are needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was compared, since the result would not be that of the set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was trained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One threshold keeps to both targets, so no tile is grey.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only 1 tile is known to be defective: a difference of one may be chance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {bad} tiles are known to be defective: a difference of one may be chance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {count} pictures are held out: the thresholds are rough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {groups} different tiles to train on: more tiles make a better detector.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of one tile must stay in one split, but these groups are in several:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of this training are not as they were chosen: {list}{more}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put in force past the gate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the pictures back, or choose the tiles again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the pictures back, or freeze a new set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove or replace them, or train without them (--skip-bad).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume begins again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume with what it was made with, or train from the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save it as UTF-8 CSV.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {step}: checkpoint written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {step}: drawn defects told apart with AUROC {drawn_auroc}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped after step {done}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take thresholds with which it misses no more, if there are any, write why it goes live all the same, or train again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint before it, if there is one, is whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint belongs to {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint of step {step} is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint {checkpoint} is whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint {path} could not be written: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint {path} is damaged or is no checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The checkpoint {path} was written by {newer} version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The choice of tiles is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first {count} results are in {results_csv}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The grey quantile {grey_quantile} exceeds the reject quantile {reject_quantile}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The held-out share is {share}; it lies between 0 and 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job and its checkpoint are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The job is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last checkpoint is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last checkpoint is {checkpoint}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live model judges as before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The loss is not a number at step {step}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model may be damaged: look at it with `bsdrd info`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model {parent} has another architecture than the one to be trained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process ended before it could write a checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program ended after the {kind} and before the line had it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe {name} has no version to go back to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe {name} has thresholds of its own, and they are not those that the shadow model&apos;s were found for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe {name} has thresholds of its own, which belong to the live model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe {name} was changed since the comparison was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The results cannot be written to {out}: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample maps could not be written to {folder}: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The set {name} is not what was frozen: {named}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shadow model failed ({name}: {error}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stored calibration is damaged: {error_count} values are missing or wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training could not be prepared in {folder}: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training process could not be started: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training process ended without a word.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training process ended without a word; it may have been killed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training process failed: {last}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training process was killed, perhaps because memory ran out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training was refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weight file does not belong to this teacher: {count} tensors are missing{missing}, {count2} are unknown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weight file does not belong to this teacher: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weight file {path} is not the published one of {name}: its SHA-256 starts with {digest}, expected {sha256}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weights of {name} are not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weights of {name} could not be fetched from {url}: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The {name} cost is {cost}; a cost is a number from 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no labelled tiles to freeze.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no pictures in {list}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {size} scores of {kind} tiles and {count} groups.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no checkpoint {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model to start from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no preset {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no teacher named {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no weight file {weights}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This training is {value} and cannot be started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This way of calibrating needs defective tiles, and there are none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thresholds need at least 2 good tiles with a score, and there are {size}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too few tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too few: 1 more picture of a good tile is needed to begin.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too few: {lack} more pictures of good tiles are needed to begin.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train from scratch, or choose a recipe&apos;s model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train from the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train with a smaller learning rate or with precision float32.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train with the architecture of that model, or from scratch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training is on good tiles only, and these are not:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training needs at least {fewest} good pictures of different tiles; there are {count}{skipped}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again, or start the training without measuring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Update Tilesight to resume it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which pictures show one tile is guessed from their names: {rule}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without a mask, so left out of pixel figures:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing the model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a newer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an older</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bsdrd {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>defective</source>
        <translation>缺陷品</translation>
    </message>
    <message>
        <source>every picture is taken for a tile of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>frames less than {same_tile_frames} apart are taken for one tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>group {group}: {list}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no longer kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>misses more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>missing no more than the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names that differ only in exposure or view are taken for one tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no defects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>record {id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>serial {serial}</source>
        <translation type="unfinished">序列号 {serial}</translation>
    </message>
    <message>
        <source>{gone} labelled records are left out: their pictures are gone, or the files that they came from were changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{learnt} pictures are left out because one of the models has learnt them, or others of the same tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{mode} {network} batch {batch} size {size} {device} threads {threads}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>good</source>
        <translation>良品</translation>
    </message>
    <message>
        <source>the connection ended after {done} of {total} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model gave no score</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there are no lowered thresholds to take</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{alone} records have no serial number: each is taken for a tile of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{copies} pictures are copies of others and count once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} .png files beside a .jpg of the same name are left out as masks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} more different tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} more pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} of {count2} pictures cannot be used:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} of {count2} pictures cannot be used:
  {list}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} pictures cannot be read and are left out. The first: {bad}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} pictures of {count2} tiles are too few to compare with one another.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{doubles} pictures are exact copies of others and count once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{filename} cannot be read: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} cannot be read as CSV: {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} cannot be used:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} lacks the column {list}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} lies in no class folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} holds no good tiles to learn from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{manifest} cannot be read: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is {mask} x {mask2} px, its picture {picture} x {picture2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is {value}; it lies between 0 and 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} misses {missed} known defects, the live model {missed2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} tile {tile_index}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: the model {name2} gave no score.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{other} tiles were labelled otherwise since the set was frozen; it keeps what they were.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path}: nothing of it was inspected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} does not fit the pictures:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} has subfolders named {list}, so not all of its pictures may be good.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds masks among its pictures:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no good tiles to learn from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} holds no pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{root} is no data set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{row} is already in row {before}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shape} descriptions do not fit {count} pictures, or are damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shape} scores, {shape2} truths and {count} groups do not match.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{system} {machine}, Python {python_version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{unmasked} defective pictures have no mask and are left out of pixel figures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{without} records match but their picture is not kept, so they cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{wrong} of {size} scores are no finite numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{wrong} of {size} scores of {kind} tiles are no finite numbers.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MissedMoreLines</name>
    <message>
        <source>Misses more of: {names}</source>
        <extracomment>Names in a line at most, the worst first.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Misses more in lots: {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Misses more in folders: {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelFacts</name>
    <message>
        <source>candidate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shadow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>retired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hash of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brought by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T1, T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parity certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{train} to learn from, {held} held out, of {groups} tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation type="unfinished">图像</translation>
    </message>
    <message>
        <source>Hash over their hashes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished">设置</translation>
    </message>
    <message>
        <source>On held-out pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training took</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tiles in a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share of it for the teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>weight decay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changes of exposure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>longest side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drawn defects told apart: AUROC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share of good tiles rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loss of struct</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loss of detail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed: the exported network does not say the same as the trained one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>passed on {tried} tiles, largest difference {worst} of {allowed} allowed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelSheet</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Why this model (for the audit log)</source>
        <translation>选用此模型的原因（写入审计日志）</translation>
    </message>
    <message>
        <source>Use at once</source>
        <translation>立即使用</translation>
    </message>
    <message>
        <source>Compare in Train</source>
        <translation>在“训练”中对比</translation>
    </message>
    <message>
        <source>Teacher {name}</source>
        <translation>教师网络 {name}</translation>
    </message>
    <message>
        <source>T1 {low}, T2 {high}</source>
        <translation>T1 {low}，T2 {high}</translation>
    </message>
    <message>
        <source>made {when}</source>
        <translation>创建于 {when}</translation>
    </message>
    <message>
        <source>Compare it with the model in force on labelled tiles before it decides about tiles. Used at once, it judges from the next tile on, with its own thresholds.</source>
        <translation>建议先在已标注的磁瓦上与现用模型对比。若立即使用，将从下一片起按其自带阈值判定。</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models</source>
        <extracomment>Hashes of the new model and of the one to compare with; &quot;&quot; is live.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every model is one file, named by its hash. The live one cannot be deleted; what goes live and back is in the audit log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring a model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model was trained or brought yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with the model selected before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shadow mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished">名称</translation>
    </message>
    <message>
        <source>In the registry since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why it is deleted (for the audit log)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Promotions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, judges now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>promoted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rolled back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation type="unfinished">配方</translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished">模型</translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live model cannot be deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model files</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OutcomePanel</name>
    <message>
        <source>no good labels</source>
        <extracomment>Record number.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no defect labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Missed defects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Defective records that would be OK</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False rejects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good records that would be NG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good, but grey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good records that a person must look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grey share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of all records: a person looks at them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No record on this side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles just above the chosen threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles just below the chosen threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next to the line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show tiles next to {line}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Just held back: at or above T1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Just released: below T1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Just rejected: at or above T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Just not rejected: below T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n not inspected: no threshold changes them.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OverTimeChart</name>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Scores over time by lot, with thresholds T1 and T2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up and down move the chosen line, 1 and 2 choose it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PathRow</name>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
</context>
<context>
    <name>PeriodChip</name>
    <message>
        <source>Any time</source>
        <extracomment>Days of the ready-made periods.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To, not included</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take this period</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last 24 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last 30 days</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Picture</name>
    <message>
        <source>The picture was removed to make room</source>
        <translation>图像已删除以腾出空间</translation>
    </message>
    <message>
        <source>No picture of this OK tile was kept</source>
        <translation>此合格磁瓦的图像未保留</translation>
    </message>
    <message>
        <source>No picture of this tile was kept</source>
        <translation>此磁瓦的图像未保留</translation>
    </message>
    <message>
        <source>The store had reached its size cap, and the oldest pictures go first.</source>
        <translation>存储已达容量上限，最旧的图像最先删除。</translation>
    </message>
    <message>
        <source>To save space, the recipe of this tile keeps no pictures of OK tiles.</source>
        <translation>为节省空间，此磁瓦的配方不保留合格磁瓦的图像。</translation>
    </message>
    <message>
        <source>The recipe of this tile keeps no pictures.</source>
        <translation>此磁瓦的配方不保留图像。</translation>
    </message>
    <message>
        <source>Verdict, score, regions and labels are always kept.</source>
        <translation>判定、得分、区域和标签始终保留。</translation>
    </message>
    <message>
        <source>More room is set with “At most” in the recipe.</source>
        <translation>可在配方的“最多”中设置更大的空间。</translation>
    </message>
    <message>
        <source>To keep pictures from now on, set “Keep pictures of” to “Every tile” in the recipe.</source>
        <translation>若要从现在起保留图像，请在配方中将“保留图像”设为“所有磁瓦”。</translation>
    </message>
</context>
<context>
    <name>PixelPanel</name>
    <message>
        <source>T1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions are outlined where the map reaches T1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outline regions at T1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map threshold: regions are outlined here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smallest region that counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit of the smallest region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the edge band that is not inspected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Outline at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At least</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edge band</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule in words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mm² needs a scale in the recipe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask leaves nothing to inspect.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stored maps could not be judged again: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Judging stored maps again: {done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s left</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Judged again by this rule: %Ln record(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s) keep their stored score, because their maps were not kept.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s) keep their stored score, because nothing of them would be inspected.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Program</name>
    <message>
        <source>Something went wrong ({error}). Inspection goes on; a report is in {place}.</source>
        <translation>出现错误（{error}）。检测仍在继续；报告位于 {place}。</translation>
    </message>
</context>
<context>
    <name>PutInForce</name>
    <message>
        <source>Stored maps are still being judged by the new rule. Wait for the flip list.</source>
        <extracomment>Another rule is in force; read the records again. Nothing was changed; what is known may be old.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Counted on all %Ln record(s), not only on those that are chosen now.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s) keep their stored score, because they could not be judged again.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Stored verdicts that its thresholds would change: {flips} of {n} ({released} released, {rejected} rejected).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its other mask, edge band or region filter is not counted here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{recipe}: the new rule is in force.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QualityCard</name>
    <message>
        <source>Choose a quality instead</source>
        <extracomment>Own steps are not wanted any more.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Own steps: {n}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueueStrip</name>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tile {at} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
</context>
<context>
    <name>RangeChip</name>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To, not included</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReasonForm</name>
    <message>
        <source>Your name, for the audit log</source>
        <extracomment>Reason, name.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why? For instance: oil stains of lot L-2211 were rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>A reason is needed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Recipe</name>
    <message>
        <source>T1, where GREY starts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T2, where NG starts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smallest region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smallest region in mm²</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edge band in px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inspection mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Hash of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How tiles are found</source>
        <translation>磁瓦定位方式</translation>
    </message>
    <message>
        <source>Scale in mm per pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>strokes: {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model&apos;s own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>same as T1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecipeEditor</name>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Why (for the audit log)</source>
        <translation>原因（写入审计日志）</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>shipped model</source>
        <translation>内置模型</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>How tiles are found</source>
        <translation>磁瓦定位方式</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source> mm per pixel</source>
        <translation> 毫米/像素</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Detector runs on</source>
        <translation>检测器运行于</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>处理器线程</translation>
    </message>
    <message>
        <source>every core</source>
        <translation>全部核心</translation>
    </message>
    <message>
        <source>Every tile</source>
        <translation>所有磁瓦</translation>
    </message>
    <message>
        <source>GREY and NG</source>
        <translation>待定和不良</translation>
    </message>
    <message>
        <source>No tile</source>
        <translation>不保留</translation>
    </message>
    <message>
        <source>Keep pictures of</source>
        <translation>保留图像</translation>
    </message>
    <message>
        <source>Keep maps of</source>
        <translation>保留异常图</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>The oldest unlabelled pictures and maps go first; records always stay.</source>
        <translation>最旧且未标注的图像和异常图先删除，记录始终保留。</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>Engineers change recipes; see Settings for your role.</source>
        <translation>仅工程师可修改配方；角色见“设置”。</translation>
    </message>
    <message>
        <source>The recipe {name} is in force.</source>
        <translation>配方 {name} 已生效。</translation>
    </message>
    <message>
        <source>Model file</source>
        <translation>模型文件</translation>
    </message>
</context>
<context>
    <name>RecipePicker</name>
    <message>
        <source>Recipes</source>
        <extracomment>Recipe Path</extracomment>
        <translation>配方</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>A recipe decides about a tile: model, source, thresholds, regions, what is kept.</source>
        <translation>配方决定如何判定磁瓦：模型、图像来源、阈值、区域和保留内容。</translation>
    </message>
    <message>
        <source>Name for what is in force now</source>
        <translation>为当前设置命名</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Model file…</source>
        <translation>模型文件…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>A recipe needs a name.</source>
        <translation>配方需要名称。</translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation>已保存为 {name}</translation>
    </message>
    <message>
        <source>Model file</source>
        <translation>模型文件</translation>
    </message>
    <message>
        <source>Recipe file</source>
        <translation>配方文件</translation>
    </message>
</context>
<context>
    <name>RecipeRow</name>
    <message>
        <source>shipped model</source>
        <translation>内置模型</translation>
    </message>
    <message>
        <source>In force</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>使用 {name}</translation>
    </message>
    <message>
        <source>thresholds of the model</source>
        <translation>模型自带阈值</translation>
    </message>
</context>
<context>
    <name>RecordDetail</name>
    <message>
        <source>Everything about this record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its picture, maps, regions, thresholds, labels and history appear here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecordView</name>
    <message>
        <source>Records</source>
        <translation>记录</translation>
    </message>
</context>
<context>
    <name>Records</name>
    <message>
        <source>Score and thresholds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smallest region, px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edge band, px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verdict of this score</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Largest value of the struct map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest value of the detail map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>No region exceeded the map threshold.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Student</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peak</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At x, y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Said</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawn by {who}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels and their history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody has labelled this tile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reviewers disagree.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>undone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe and model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Recipe hash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model hash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ran on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing judged this tile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where it comes from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>removed to make room</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lot</source>
        <translation>批次</translation>
    </message>
    <message>
        <source>Serial</source>
        <translation>序列号</translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frame</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File hash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Station</source>
        <translation>工位</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Drawn by the demo line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture</source>
        <extracomment>Head of each column, and what it sorts by; &quot;&quot; for those that do not sort.</extracomment>
        <translation>图像</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Captured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inspected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation type="unfinished">判定</translation>
    </message>
    <message>
        <source>Label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
</context>
<context>
    <name>RecordsWorkspace</name>
    <message>
        <source>Import, backup, restore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Records</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>There is no record {n} any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no store</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Records cannot be read. The banner says why; choose another store.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Reading records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No record fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was found with these filters and this text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No records yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every inspected tile becomes a record: its picture, maps, verdict and all behind it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to Run</source>
        <translation>转到“运行”</translation>
    </message>
    <message>
        <source>An export is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An import is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A backup is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A backup is being restored.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RegionJudge</name>
    <message>
        <source>Regions</source>
        <extracomment>Zoom to this region. Region, and &quot;accept&quot;, &quot;reject&quot; or &quot;&quot; to take it away. Number of the mask.</extracomment>
        <translation>区域</translation>
    </message>
    <message>
        <source>Drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and {more} more</source>
        <translation>另有 {more} 个</translation>
    </message>
    <message>
        <source>No region. Draw what was missed with the tools below.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RegionList</name>
    <message>
        <source>Regions</source>
        <extracomment>Place of the region in the tile&apos;s list.</extracomment>
        <translation>区域</translation>
    </message>
    <message>
        <source>and {more} more</source>
        <translation>另有 {more} 个</translation>
    </message>
    <message>
        <source>Nothing stands out on this tile.</source>
        <translation>此磁瓦没有可疑之处。</translation>
    </message>
</context>
<context>
    <name>RegionRow</name>
    <message>
        <source>The struct student fired: the overall structure differs here.</source>
        <extracomment>More rows than these help nobody; the number of the others is said below. Room of the peak at the right end, in pixels.</extracomment>
        <translation>结构分支报警：此处整体结构不同。</translation>
    </message>
    <message>
        <source>The detail student fired: the fine texture differs here.</source>
        <translation>细节分支报警：此处细微纹理不同。</translation>
    </message>
    <message>
        <source>Both students fired, or only their sum did.</source>
        <translation>两个分支都报警，或只有二者之和报警。</translation>
    </message>
    <message>
        <source>Largest value {peak}. Click to zoom to it.</source>
        <translation>最大值 {peak}。单击以放大到该处。</translation>
    </message>
</context>
<context>
    <name>ReleasePage</name>
    <message>
        <source>Release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is swapped between two tiles; the line goes on. Both ways are in the audit log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why it goes live all the same (for the audit log)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why this model (for the audit log)</source>
        <translation>选用此模型的原因（写入审计日志）</translation>
    </message>
    <message>
        <source>Promote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why back (for the audit log)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live for {recipe}: {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe: {recipe}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A comparison with the live model is missing: compare in step 4.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go back to {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Promote {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is loaded beside the one in force; the line goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model} is live again for {recipe}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{before} can be promoted once more in Release.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model} is live now for {recipe}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roll back in Release brings {before} back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Remedy</name>
    <message>
        <source>Raise T1 to {t1}</source>
        <translation>将 T1 提高到 {t1}</translation>
    </message>
    <message>
        <source>Count only regions of {n} px or more</source>
        <translation>只计 {n} px 及以上的区域</translation>
    </message>
    <message>
        <source>Mask the place where they lie ({share} % of the tile)</source>
        <translation>屏蔽其所在位置（占磁瓦的 {share} %）</translation>
    </message>
</context>
<context>
    <name>RemedyCard</name>
    <message>
        <source>Clears {cleared} of {whole} tiles</source>
        <extracomment>What was chosen: a change to try in Tune, or the records to train with.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other tiles that become OK: {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known defects that the mask touches and may hide: {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known defects lost: {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loses no known defect</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RemedyDesk</name>
    <message>
        <source>These tiles were judged by another model than the one in force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its scores mean something else, so nothing is proposed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{remedy}. It should clear {n} of {tiles} alike tiles; the flip list shows all that change.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proposed from Review, not in force:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It took the place of your earlier proposal, which is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RestoreSheet</name>
    <message>
        <source>Restore a backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Records, labels and the audit log become those of the backup. The present database is kept beside it, and what was restored is written into the audit log. The line is stopped first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of the backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why (for the audit log)</source>
        <translation>原因（写入审计日志）</translation>
    </message>
    <message>
        <source>with pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>without pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s), {kept}, made {when}</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The store has %Ln record(s) now; it had {before}.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Only engineers and administrators restore backups.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A store on a database server is restored with the server&apos;s own tools.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restoring the backup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The line was stopped first, and everything it had inspected was saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The replaced database lies in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the line again in Run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The backup is restored.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Review</name>
    <message>
        <source>{gap} above {name}</source>
        <translation>高于 {name} {gap}</translation>
    </message>
    <message>
        <source>{gap} below {name}</source>
        <translation>低于 {name} {gap}</translation>
    </message>
</context>
<context>
    <name>ReviewStates</name>
    <message>
        <source>There is no store</source>
        <extracomment>What a reviewer sees at the first start. The filters are others now; make the queue.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Records cannot be read or labelled. The banner says why; choose another store.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished">设置</translation>
    </message>
    <message>
        <source>Looking for tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every GREY and NG tile has a label. New ones appear here as they are inspected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to Run</source>
        <translation type="unfinished">转到“运行”</translation>
    </message>
    <message>
        <source>All records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No tile fits these filters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a filter away, or go back to the tiles that wait for a label.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles without a label</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReviewWorkspace</name>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles of this queue that have a label</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It went wrong: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No region of this tile can be compared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mask is drawn in Review and not kept yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RocChart</name>
    <message>
        <source>Good tiles rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Defects found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ROC curves: live model dashed, new model solid</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Role</name>
    <message>
        <source>Inspector</source>
        <translation>检验员</translation>
    </message>
    <message>
        <source>Engineer</source>
        <translation>工程师</translation>
    </message>
    <message>
        <source>Administrator</source>
        <translation>管理员</translation>
    </message>
</context>
<context>
    <name>Rule</name>
    <message>
        <source>A tile is OK while its score stays below {t1} (T1), GREY from there on, and NG from {t2} (T2) on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tile is OK while its score stays below {t1}, and NG from there on; nothing is GREY.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its score is the highest value of the anomaly map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its score is the highest value of the anomaly map in a region that counts; without such a region, the highest value that makes none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A region is a connected area in which the map reaches {map_threshold}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A region is a connected area in which the map reaches T1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions of any size count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions smaller than {area} px do not count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions smaller than {area} px ({area_mm2} mm²) do not count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The whole tile is inspected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The outermost {band} px of the tile are not inspected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The outermost {band} px ({band_mm} mm) of the tile are not inspected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mask leaves out {share} % of the tile.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunWorkspace</name>
    <message>
        <source>Open the recipe</source>
        <translation>打开配方</translation>
    </message>
    <message>
        <source>Nothing is being inspected</source>
        <translation>当前没有检测</translation>
    </message>
    <message>
        <source>Tiles appear here as they are judged. Start the demo line, choose a source, or drop a folder of pictures on the window.</source>
        <translation>磁瓦判定后显示在这里。可启动演示产线、选择图像来源，或将图像文件夹拖到窗口上。</translation>
    </message>
    <message>
        <source>Start the demo line</source>
        <translation>启动演示产线</translation>
    </message>
    <message>
        <source>Choose a source</source>
        <translation>选择图像来源</translation>
    </message>
    <message>
        <source>No recipe</source>
        <translation>无配方</translation>
    </message>
    <message>
        <source>Recipe: {name}</source>
        <translation>配方：{name}</translation>
    </message>
    <message>
        <source>Source: {title}</source>
        <translation>来源：{title}</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Last tile before the source was lost</source>
        <translation>来源断开前的最后一片</translation>
    </message>
    <message>
        <source>Last tile before the fault</source>
        <translation>故障前的最后一片</translation>
    </message>
    <message>
        <source>Last tile before the pause</source>
        <translation>暂停前的最后一片</translation>
    </message>
    <message>
        <source>Last tile</source>
        <translation>最后一片</translation>
    </message>
    <message>
        <source>Past tile</source>
        <translation>历史磁瓦</translation>
    </message>
    <message>
        <source>Choose a recipe</source>
        <translation>选择配方</translation>
    </message>
    <message>
        <source>This tile has no picture.</source>
        <translation>该磁瓦没有图像。</translation>
    </message>
    <message>
        <source>Loading the detector</source>
        <translation>正在加载检测器</translation>
    </message>
    <message>
        <source>The source is lost; connecting again</source>
        <translation>来源已断开，正在重新连接</translation>
    </message>
    <message>
        <source>Opening the source</source>
        <translation>正在打开图像来源</translation>
    </message>
    <message>
        <source>Waiting for the first tile</source>
        <translation>等待第一片磁瓦</translation>
    </message>
    <message>
        <source>Each new picture in the folder {name} is inspected.</source>
        <translation>文件夹 {name} 中的每幅新图像都会被检测。</translation>
    </message>
    <message>
        <source>The camera waits for a trigger: F7 takes a picture.</source>
        <translation>相机正在等待触发：按 F7 拍摄。</translation>
    </message>
</context>
<context>
    <name>SaidList</name>
    <message>
        <source>Reviewers disagree</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ScoreBar</name>
    <message>
        <source>No score</source>
        <extracomment>Radius of the mark at the score.</extracomment>
        <translation>无得分</translation>
    </message>
    <message>
        <source>Score {score}; grey starts at {low}, NG at {high}</source>
        <translation>得分 {score}；待定自 {low} 起，不良自 {high} 起</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Nothing can be inspected, because records cannot be kept. Choose another store.</source>
        <extracomment>Recipes that nobody made: what is set in them goes with the source. Show the source picker, with this source filled in. Show the recipe picker. Show the editor of the recipe in force. The line could not be started: why. Show what can be set at the camera. Show the fields for lot and serial. Background processes that stand still while the line inspects; every engine must get it. Makes the engine for a store; used again where another store takes the place of the first. A candidate that judges beside the live model; None without engine or store.</extracomment>
        <translation>无法保存记录，因此不能检测。请选择其他存储位置。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Choose a source</source>
        <translation>选择图像来源</translation>
    </message>
    <message>
        <source>No camera runs.</source>
        <translation>没有相机在运行。</translation>
    </message>
    <message>
        <source>Lot {lot} from now on.</source>
        <translation>此后批次为 {lot}。</translation>
    </message>
</context>
<context>
    <name>SetBuilder</name>
    <message>
        <source>Records known to be good</source>
        <extracomment>FrozenSet</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Records known to be defective</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 90 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lot</source>
        <translation type="unfinished">批次</translation>
    </message>
    <message>
        <source>Period</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a labelled data set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at these tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Freeze this set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New evaluation set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labelled tiles that decide which model is better. Frozen: every picture is kept by its hash, with the truth as it is now. A picture that is changed or missing later is named.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any lot</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Like the system</source>
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
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Takes effect at the next start.</source>
        <translation>下次启动时生效。</translation>
    </message>
    <message>
        <source>Who works here</source>
        <translation>操作人员</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Stands in every record, label and change, so that anybody can ask later.</source>
        <translation>写入每条记录、标注和更改，便于日后追溯。</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>for instance Line 2</source>
        <translation>例如 2 号线</translation>
    </message>
    <message>
        <source>Station</source>
        <translation>工位</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Records</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Detector runs on</source>
        <translation>检测器运行于</translation>
    </message>
    <message>
        <source>Of the recipe in force; the status bar shows what runs.</source>
        <translation>属于当前配方；状态栏显示实际运行的设备。</translation>
    </message>
    <message>
        <source>Usual place</source>
        <translation>默认位置</translation>
    </message>
    <message>
        <source>Takes effect at the next start; records that are there stay. What is kept of each tile is part of the recipe.</source>
        <translation>下次启动时生效，原有记录保留。每片磁瓦保留的内容由配方决定。</translation>
    </message>
    <message>
        <source>The usual place</source>
        <translation>默认位置</translation>
    </message>
    <message>
        <source>Folder of the records</source>
        <translation>记录文件夹</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Training runs in a process of its own, gives way to inspection and can be paused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the new model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>处理器线程</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles in a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps (0: as the quality says)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps between checkpoints (0: usual)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give way to the line: stand still while a tile is inspected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Advanced settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure the time on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (weights are fetched)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mix in old good tiles, so that it does not forget them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a folder of old good tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It keeps what it knows and learns the new tiles: quickest to a usable model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scratch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For other tiles, or where the live model should be forgotten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calibrate only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live model unchanged, with T1 and T2 found anew on these good tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Old tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pre-trained network that the students learn from. The first one is usual.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another teacher makes another model: measure how long it takes, and compare.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training a few steps to measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {time}, measured on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not measured on this computer yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last one took {time} on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without old tiles the model may forget them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No old good tiles are found: label records good whose pictures are kept, or add a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln old picture(s) mixed in, from records labelled good and these folders.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>A training is running. Pause or cancel it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles are missing: choose them in step 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No recipe is in force, so there is no live model: choose a source in Run.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShadowPage</name>
    <message>
        <source>Shadow mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A candidate judges the live tiles beside the live model, whenever the line leaves time for it. Verdicts come from the live model only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model to judge in the shadow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start shadow mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End shadow mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles that the shadow model judges otherwise, newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on to release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is in the shadow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} waits for tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} judges beside the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} rests</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} has failed; the live model is not affected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no candidate: train a model, or bring a model file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No recipe is in force, so there is no live model: choose a source in Run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{name} agrees on {agree} of %Ln tile(s) ({share})</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Judged: {n} of %Ln tile(s) that the line inspected meanwhile ({share}).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing judged yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Would reject: NG where the live model says OK or GREY</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Would release: OK where the live model says GREY or NG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Would ask a person: GREY where the live model is sure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Could not judge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since the start of the program {busy} were let go because a frame waited for the live model, {slow} because the shadow model was not done with the one before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles judged otherwise: {n}, newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; the last {n} are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}   ·   record {id}   ·   {when}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Take the tour</source>
        <translation>功能导览</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Ctrl+K finds every action, also those without a key.</source>
        <translation>Ctrl+K 可查找所有操作，包括没有快捷键的。</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Comment (M)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regions</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Q next   E accept   R reject</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SimilarCard</name>
    <message>
        <source>Show them (L)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s) with alike false alarms</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>One change clears {n}. Known defects lost: {lost}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SimilarSheet</name>
    <message>
        <source>Close</source>
        <extracomment>Record numbers to label as false alarms. Record to look at. `ChosenRemedy`</extracomment>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Alike regions; ticked ones are labelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter opens a tile, Space ticks it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these tiles is a known defect.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln alike region(s) on {tiles}</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of these tiles are known defects: whatever clears the group may hide them.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s) have other regions that would alarm by themselves; they are not ticked.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>What would clear them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in Tune</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train with them as good tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} of {whole} tiles have a picture to learn from. What it clears is known after training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln known defect(s) look the same and may be lost</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Label %Ln tile(s): false alarm</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln tile(s) of the group are ticked.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>No known defect looks the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} of {whole} tiles of the group are ticked.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Source</name>
    <message>
        <source>Demo line</source>
        <translation>演示产线</translation>
    </message>
    <message>
        <source>Tiles drawn by the program, with known defects. Needs no file.</source>
        <translation>由程序绘制、缺陷已知的磁瓦，无需文件。</translation>
    </message>
    <message>
        <source>Folder or picture</source>
        <translation>文件夹或图像</translation>
    </message>
    <message>
        <source>Inspects every picture of a folder and its subfolders once: JPEG, PNG, BMP, TIFF, WebP.</source>
        <translation>逐张检测文件夹及其子文件夹中的图像：JPEG、PNG、BMP、TIFF、WebP。</translation>
    </message>
    <message>
        <source>Watched folder</source>
        <translation>监视文件夹</translation>
    </message>
    <message>
        <source>Waits for new pictures and inspects each as it arrives.</source>
        <translation>等待新图像，到达即检测。</translation>
    </message>
    <message>
        <source>Video file</source>
        <translation>视频文件</translation>
    </message>
    <message>
        <source>Inspects every frame of a video.</source>
        <translation>检测视频的每一帧。</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>A camera of this computer, by its number; the first one is 0.</source>
        <translation>本机相机的编号，第一台为 0。</translation>
    </message>
    <message>
        <source>Network stream</source>
        <translation>网络流</translation>
    </message>
    <message>
        <source>RTSP or MJPEG over HTTP. Reconnects by itself when it is lost.</source>
        <translation>RTSP 或基于 HTTP 的 MJPEG，断开后自动重连。</translation>
    </message>
</context>
<context>
    <name>SourcePicker</name>
    <message>
        <source>Where do tiles come from?</source>
        <extracomment>The source as `tilesight.line.sources.open_source` reads it; how tiles are found in its pictures (&quot;whole&quot;, &quot;automatic&quot;, else as the recipe has it).</extracomment>
        <translation>磁瓦图像来自哪里？</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>检测</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Picture…</source>
        <translation>图像…</translation>
    </message>
    <message>
        <source>Folder or picture</source>
        <translation>文件夹或图像</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Also the pictures that are there already</source>
        <translation>包括已有的图像</translation>
    </message>
    <message>
        <source>Video file</source>
        <translation>视频文件</translation>
    </message>
    <message>
        <source>Video…</source>
        <translation>视频…</translation>
    </message>
    <message>
        <source>Number of the camera</source>
        <translation>相机编号</translation>
    </message>
    <message>
        <source>Exposure, gain and trigger are set once it runs: Camera settings, F8.</source>
        <translation>曝光、增益和触发在运行后设置：相机设置，F8。</translation>
    </message>
    <message>
        <source>One whole tile</source>
        <translation>一整片磁瓦</translation>
    </message>
    <message>
        <source>Tiles on a belt</source>
        <translation>传送带上的磁瓦</translation>
    </message>
    <message>
        <source>One at the recipe&apos;s place</source>
        <translation>配方指定位置的一片</translation>
    </message>
    <message>
        <source>Each picture shows</source>
        <translation>每幅图像显示</translation>
    </message>
    <message>
        <source>Nothing is chosen yet.</source>
        <translation>尚未选择。</translation>
    </message>
    <message>
        <source>There is no file or folder {path}.</source>
        <translation>没有文件或文件夹 {path}。</translation>
    </message>
    <message>
        <source>Folder of pictures</source>
        <translation>图像文件夹</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Folder to watch</source>
        <translation>要监视的文件夹</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
</context>
<context>
    <name>StartErrorWindow</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>none</source>
        <extracomment>Key of the action to do.</extracomment>
        <translation>无</translation>
    </message>
    <message>
        <source>Recipe: {name}</source>
        <translation>配方：{name}</translation>
    </message>
    <message>
        <source>not running</source>
        <translation>未运行</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>lost, reconnecting</source>
        <translation>已断开，重连中</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>fault</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>No source</source>
        <translation>无来源</translation>
    </message>
    <message>
        <source>No detector running</source>
        <translation>没有检测器在运行</translation>
    </message>
    <message numerus="yes">
        <source>, %n thread(s)</source>
        <translation>
            <numerusform>，%n 线程</numerusform>
        </translation>
    </message>
    <message>
        <source>No store: nothing is recorded</source>
        <translation>无存储：不会记录</translation>
    </message>
    <message numerus="yes">
        <source>Store: failing, %Ln record(s) wait</source>
        <translation>
            <numerusform>存储：出错，%Ln 条记录等待中</numerusform>
        </translation>
    </message>
    <message>
        <source>Store: ready</source>
        <translation>存储：就绪</translation>
    </message>
    <message>
        <source>Store: {free} free</source>
        <translation>存储：剩余 {free}</translation>
    </message>
</context>
<context>
    <name>StepLines</name>
    <message>
        <source>Tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose good tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suspicious ones: not looked at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suspicious ones: {n} of {of} decided</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start from the live model, or anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished">设置</translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing trained yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step {done} of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running, {place}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready to start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused, {place}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Given up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs a new model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Missed defects: {new}, live {old}; verdicts that change: {changes}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shadow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let a candidate judge beside the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Has failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rests: the recipe was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits for tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Agrees on {agree} of %Ln tile(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln in the registry</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>None yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs a comparison</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs other thresholds or a reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs a written reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready, but misses more of some kinds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready to promote</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StoreSwap</name>
    <message>
        <source>A backup is being restored. Nothing is inspected until it is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store cannot be opened, so nothing is inspected. {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Strip</name>
    <message>
        <source>Suspicious tiles, the most suspicious first</source>
        <extracomment>Tiles in the strip: more are never worth a look, and each has a picture. From here on a place is tinted, in spreads above the usual; 6 is the highest, so it never turns white.</extracomment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SuspectsPanel</name>
    <message>
        <source>Find suspicious tiles</source>
        <extracomment>The tiles are ranked and shown.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it out  (Delete)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep it  (K)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo  (Ctrl+Z)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suspicious tiles first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the tiles: {done} of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A defect among the good tiles is learnt as good. What looks defective is shown first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Worth a look: the first {n} of %Ln tile(s). What stands out is tinted.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} decided of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>narrow dark marks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wide dark marks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dark spots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a change of the grinding streaks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an area with a high score of the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a high score of the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing stands out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stands out: {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The tile has %Ln picture(s); they stay or go together.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The picture cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TargetBar</name>
    <message>
        <source>How thresholds are set</source>
        <extracomment>The cost slider runs from 1 to 1000 false rejects for an escape, evenly on a logarithmic scale. T2 as it was before a miss target may have pushed it.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Few false rejects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Few misses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best F1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lowest cost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag T1 and T2, type them, or use the arrow keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reject at most this share of good tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold back at most this share of good tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reject at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of good tiles, hold back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Miss at most this share of defects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reject at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>And reject at most this share of good tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Miss at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of defects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One threshold that balances precision and recall; nothing is grey.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What an escape costs, in false rejects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A person who looks at a grey tile costs this many false rejects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a look costs, in false rejects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Escape costs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> %</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln false reject(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>From the %Ln good tile(s) held out when the model was trained.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Escape rate unknown: found from good tiles only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{line} lies between {low} and {high} (95 %).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F1 is {number} on the labelled tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts with {share} defects, as among the labelled tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not enough defective tiles: {needed} needed, {have} labelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not enough good tiles: {needed} needed, {have} labelled.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ThresholdsPanel</name>
    <message>
        <source>By the recipe&apos;s rule</source>
        <extracomment>A `Way`.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Miss no more than the live model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thresholds of the new model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chosen on the same tiles that they are counted on: on new tiles the model does a little worse than the table says. In brackets: 95 % intervals over tiles; a small set has wide ones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It misses {new} known defects, the live model {old}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No known defects were compared: nobody can say what it misses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It misses no more known defects than the live model now: {new} against {old}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These thresholds were chosen by you; the audit log will say so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No thresholds help: to miss no more, it would have to stop every known good tile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With lower thresholds it misses {missed} and stops {new} of {n} good tiles, the live model stops {old}. Choose them here, or write below why it goes live all the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T1 and T2 are only as low as they must be; as before, nothing is GREY.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T1 is only as low as it must be; T2 stays, so what is stopped on top is GREY.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe keeps them as thresholds of its own. Rolling back undoes that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe takes the model&apos;s own thresholds. Scores of two models cannot be compared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipe has thresholds of its own: these let as many known good tiles through as before. Scores of two models cannot be compared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>live now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by the rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>missing no more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T1: GREY from here on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T2: NG from here on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known defects missed, of {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known good tiles rejected (NG), of {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known good tiles left to a person (GREY)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thresholds</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TileCanvas</name>
    <message>
        <source>Tile</source>
        <extracomment>Place on the tile. The mouse went away. The tile is drawn; what is on screen now is the model&apos;s.</extracomment>
        <translation>磁瓦</translation>
    </message>
    <message>
        <source>Anomaly map</source>
        <translation>异常图</translation>
    </message>
</context>
<context>
    <name>TileCard</name>
    <message>
        <source>Score, regions, lot and serial of the tile on show appear here.</source>
        <translation>所示磁瓦的得分、区域、批次和序列号显示在这里。</translation>
    </message>
    <message numerus="yes">
        <source>%n region(s)</source>
        <translation>
            <numerusform>%n 个区域</numerusform>
        </translation>
    </message>
    <message>
        <source>lot {lot}</source>
        <translation>批次 {lot}</translation>
    </message>
    <message>
        <source>serial {serial}</source>
        <translation>序列号 {serial}</translation>
    </message>
    <message>
        <source>drawn: {truth}</source>
        <translation>绘制：{truth}</translation>
    </message>
</context>
<context>
    <name>TileHead</name>
    <message>
        <source>Score {score}</source>
        <translation>得分 {score}</translation>
    </message>
    <message>
        <source>lot {lot}</source>
        <translation>批次 {lot}</translation>
    </message>
    <message>
        <source>serial {serial}</source>
        <translation>序列号 {serial}</translation>
    </message>
</context>
<context>
    <name>TilePane</name>
    <message>
        <source>Record {id}</source>
        <extracomment>InspectionMask</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>score {score}, {verdict}, regions: {regions}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing of it is inspected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its maps were not kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its picture was not kept; the mask can still be drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look: drag to move, wheel to zoom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Polygon: click the corners, close it on the first one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rectangle: drag from corner to corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brush: paint over what is meant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out: what is drawn is not inspected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take in: what is drawn is inspected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo the last step of the mask (Ctrl+Z)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo (Ctrl+Y)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Swap what is inspected and what is not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the mask</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TileViewer</name>
    <message>
        <source>The picture is on the clipboard.</source>
        <translation>图像已复制到剪贴板。</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.bmp)</source>
        <translation>图像 (*.png *.jpg *.bmp)</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>保存图像</translation>
    </message>
    <message>
        <source>Saved as {path}</source>
        <translation>已保存为 {path}</translation>
    </message>
    <message>
        <source>Opacity of the overlay</source>
        <translation>叠加图不透明度</translation>
    </message>
    <message>
        <source>Display adjusted: back to as taken</source>
        <translation>显示已调整：恢复原样</translation>
    </message>
</context>
<context>
    <name>TilesPage</name>
    <message>
        <source>Tiles to learn from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only good tiles. Pictures of one tile stay together, and each picture counts once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Records labelled good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False alarms confirmed as good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lot</source>
        <translation>批次</translation>
    </message>
    <message>
        <source>Period</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a folder of good tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at these tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The choice above was changed since: look at these tiles again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave the selected ones out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on to settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean brightness, 0 to 255</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sharpness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any lot</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s) chosen in Review</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Reading pictures: {done} of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading pictures</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TonePanel</name>
    <message>
        <source>Brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>For display only: verdicts never change.</source>
        <translation>仅影响显示，判定不变。</translation>
    </message>
    <message>
        <source>As taken</source>
        <translation>恢复原样</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Skip</source>
        <extracomment>True if it was seen to its end.</extracomment>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>{step} of {steps}</source>
        <translation>{step} / {steps}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
</context>
<context>
    <name>TrainModel</name>
    <message>
        <source>There is no recipe, so there is no live model.</source>
        <extracomment>Between two looks at the process, in milliseconds. Other tiles were chosen and read. What is being done (&quot;tiles&quot;, &quot;compare&quot;), how far, of how much. Where old good tiles come from that a warm start mixes in. For how much of the last minute the line has held the running training, in whole percent. Registry, comparison, release.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train from scratch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained on from the live model with {tiles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained from scratch with {tiles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model of then, T1 and T2 found anew with {tiles}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainWorkspace</name>
    <message>
        <source>Nothing trained yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new model learns from good tiles: for a new supplier, a new light, or too many false alarms. The live model goes on judging meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No records here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No store is open, so nothing can be trained. The banner above says why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training is running (step {done} of {of}). It goes on without the window and is found again at the next start; pause it first to free the computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new model is ready. Compare it with the live one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingPage</name>
    <message>
        <source>Training</source>
        <extracomment>Where the tint of a sample map begins and is strongest, in means of good tiles: the same for every step. From this share of a minute on, in percent, the training does not get on to speak of.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing the window does not end it: it is found again at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give it up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on to compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Really give it up; the checkpoint is deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No, keep it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint whose sample maps are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the training says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is still to be learnt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it sees on held-out tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every other one has a drawn defect. A good tile turns plain; the defect stays tinted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>struct</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>detail</source>
        <translation>细节</translation>
    </message>
    <message>
        <source>defect head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>levels: fine solid, middle dashed, coarse dotted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pausing: the checkpoint is being written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Giving up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step {done} of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning what is usual on held-out tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finding T1 and T2 on held-out tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting, and proving that the export says the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing the model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready to start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused after step {done} of {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is ready and is a candidate now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Given up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} pictures/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>learning rate {rate}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drawn defects told apart: AUROC {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) to learn from, {held} held out</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln old one(s) mixed in</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>T1 {low}, T2 {high}</source>
        <translation>T1 {low}，T2 {high}</translation>
    </message>
    <message>
        <source>Gives way to the line: it stood still for {percent} % of the last minute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits for the line, which leaves it hardly any time: it stood still for {percent} % of the last minute. It gets on as soon as there is time between tiles, or while the line is paused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>after step {step}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Trouble</name>
    <message>
        <source>The log file has the details.</source>
        <translation>详情见日志文件。</translation>
    </message>
</context>
<context>
    <name>Tune</name>
    <message>
        <source>Known defects that were held back and would pass: {n}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known good tiles that would newly be NG: {n}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record {id}</source>
        <extracomment>Cards in one strip; the report lists all.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>score {score}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stored score {score}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{old} would become {new}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lot {lot}</source>
        <translation>批次 {lot}</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With the thresholds in force: {rate}</source>
        <extracomment>From this height on, in pixels, the two strips stand below one another.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{low} to {high} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>good</source>
        <translation>良品</translation>
    </message>
    <message>
        <source>defect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no label</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TuneWorkspace</name>
    <message>
        <source>Put in force</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading records</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No records here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No store is open, so there is nothing to tune on. The banner above says why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No recipe in force</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tune sets the thresholds of a recipe. Choose a source in Run; it makes one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to Run</source>
        <translation>转到“运行”</translation>
    </message>
    <message numerus="yes">
        <source>The model in force has inspected no tile yet. %Ln record(s) are of other models, whose scores mean something else. Inspect some tiles; a few hundred make it worth while.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing of this model to tune on yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to tune on yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tune shows what other thresholds would do to tiles that the model in force has inspected. Inspect some first; a few hundred make it worth while.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} of {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Save what-if report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Web page with CSV (*.html)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as {path}</source>
        <translation>已保存为 {path}</translation>
    </message>
</context>
<context>
    <name>TwoMaps</name>
    <message>
        <source>Both models look at this tile</source>
        <extracomment>Pictures in a list at most.</extracomment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{verdict}, score {score}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture of this tile is not kept any more.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Verdict</name>
    <message>
        <source>OK</source>
        <translation>合格</translation>
    </message>
    <message>
        <source>GREY</source>
        <translation>待定</translation>
    </message>
    <message>
        <source>NG</source>
        <translation>不良</translation>
    </message>
    <message>
        <source>NOT INSPECTED</source>
        <translation>未检</translation>
    </message>
</context>
<context>
    <name>VerdictPanel</name>
    <message>
        <source>No verdict yet</source>
        <extracomment>Width at which the word stands 96 px high; it grows with the panel.</extracomment>
        <translation>尚无判定</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>struct</source>
        <extracomment>More outlines than these would be noise; the list beside has them all.</extracomment>
        <translation>结构</translation>
    </message>
    <message>
        <source>detail</source>
        <translation>细节</translation>
    </message>
    <message>
        <source>both</source>
        <translation>两者</translation>
    </message>
    <message>
        <source>grey value {value}</source>
        <translation>灰度 {value}</translation>
    </message>
    <message>
        <source>fused</source>
        <translation>融合</translation>
    </message>
</context>
<context>
    <name>WhoSheet</name>
    <message>
        <source>Who are you?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every label says who gave it, and undo takes back only your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Records</source>
        <extracomment>New records move the table at most this often.</extracomment>
        <translation>记录</translation>
    </message>
    <message>
        <source>Review</source>
        <extracomment>Narrower than this (pixels) the labels take the whole row.</extracomment>
        <translation>复核</translation>
    </message>
    <message>
        <source>Run</source>
        <extracomment>From the top of the rail; Ctrl+1 is the first one.</extracomment>
        <translation>运行</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Tune</source>
        <extracomment>New records are read by themselves this long after they came, in milliseconds. Beyond so many records they are read again only when asked. From this height on, in pixels, the flip list shows larger pictures.</extracomment>
        <translation>调参</translation>
    </message>
</context>
<context>
    <name>_Counts</name>
    <message>
        <source>{pictures} of {tiles}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
</TS>
