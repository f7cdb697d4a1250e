<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Alerts</name>
    <message numerus="yes">
        <source>Finished, but %Ln tile(s) were not inspected.</source>
        <translation>
            <numerusform>Finished, but %Ln tile was not inspected.</numerusform>
            <numerusform>Finished, but %Ln tiles were not inspected.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n record(s) could not be stored.</source>
        <translation>
            <numerusform>%n record could not be stored.</numerusform>
            <numerusform>%n records could not be stored.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AuditView</name>
    <message numerus="yes">
        <source>Intact: %Ln row(s), each with its right hash and in its place.</source>
        <translation>
            <numerusform>Intact: %Ln row, each with its right hash and in its place.</numerusform>
            <numerusform>Intact: %Ln rows, each with its right hash and in its place.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The log was changed: %Ln problem(s) in {rows}.</source>
        <translation>
            <numerusform>The log was changed: %Ln problem in {rows}.</numerusform>
            <numerusform>The log was changed: %Ln problems in {rows}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BackupSheet</name>
    <message numerus="yes">
        <source>%Ln record(s) are backed up.</source>
        <translation>
            <numerusform>%Ln record is backed up.</numerusform>
            <numerusform>%Ln records are backed up.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file(s) are missing or damaged in the store and could not be copied:</source>
        <translation>
            <numerusform>%Ln file is missing or damaged in the store and could not be copied:</numerusform>
            <numerusform>%Ln files are missing or damaged in the store and could not be copied:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ComparisonResult</name>
    <message numerus="yes">
        <source>%Ln tile(s) could not be inspected. The first: {why}</source>
        <translation>
            <numerusform>%Ln tile could not be inspected. The first: {why}</numerusform>
            <numerusform>%Ln tiles could not be inspected. The first: {why}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DropHint</name>
    <message numerus="yes">
        <source>Drop to inspect %n file(s)</source>
        <translation>
            <numerusform>Drop to inspect %n file</numerusform>
            <numerusform>Drop to inspect %n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportSheet</name>
    <message numerus="yes">
        <source>All %Ln record(s) of the table</source>
        <translation>
            <numerusform>The only record of the table</numerusform>
            <numerusform>All %Ln records of the table</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %Ln selected one(s)</source>
        <translation>
            <numerusform>The selected one</numerusform>
            <numerusform>The %Ln selected ones</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s) were written with {labels} and {masks}.</source>
        <translation>
            <numerusform>%Ln tile was written with {labels} and {masks}.</numerusform>
            <numerusform>%Ln tiles were written with {labels} and {masks}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln label(s)</source>
        <translation>
            <numerusform>%Ln label</numerusform>
            <numerusform>%Ln labels</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln mask(s)</source>
        <translation>
            <numerusform>%Ln mask</numerusform>
            <numerusform>%Ln masks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FilterSheet</name>
    <message numerus="yes">
        <source>{shown} of %Ln record(s)</source>
        <translation>
            <numerusform>{shown} of %Ln record</numerusform>
            <numerusform>{shown} of %Ln records</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of other models are left out: their scores cannot be compared.</source>
        <translation>
            <numerusform>%Ln of another model is left out: its score cannot be compared.</numerusform>
            <numerusform>%Ln of other models are left out: their scores cannot be compared.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FlipSide</name>
    <message numerus="yes">
        <source>%n more in the report</source>
        <translation>
            <numerusform>%n more in the report</numerusform>
            <numerusform>%n more in the report</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistogramChart</name>
    <message numerus="yes">
        <source>Score (%n above {top} in the last bar)</source>
        <translation>
            <numerusform>Score (%n above {top} in the last bar)</numerusform>
            <numerusform>Score (%n above {top} in the last bar)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportSheet</name>
    <message numerus="yes">
        <source>%Ln label(s)</source>
        <translation>
            <numerusform>%Ln label</numerusform>
            <numerusform>%Ln labels</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln mask(s)</source>
        <translation>
            <numerusform>%Ln mask</numerusform>
            <numerusform>%Ln masks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s)</source>
        <translation>
            <numerusform>%Ln tile</numerusform>
            <numerusform>%Ln tiles</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LabelDesk</name>
    <message numerus="yes">
        <source>%Ln tile(s): {said}</source>
        <translation>
            <numerusform>%Ln tile: {said}</numerusform>
            <numerusform>%Ln tiles: {said}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln tile(s) of this queue have a label.</source>
        <translation>
            <numerusform>The only tile of this queue has a label.</numerusform>
            <numerusform>All %Ln tiles of this queue have a label.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Undone. %Ln more step(s) can be undone.</source>
        <translation>
            <numerusform>Undone. %Ln more step can be undone.</numerusform>
            <numerusform>Undone. %Ln more steps can be undone.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Done again. %Ln more step(s) can be done again.</source>
        <translation>
            <numerusform>Done again. %Ln more step can be done again.</numerusform>
            <numerusform>Done again. %Ln more steps can be done again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OutcomePanel</name>
    <message numerus="yes">
        <source>%n not inspected: no threshold changes them.</source>
        <translation>
            <numerusform>%n not inspected: no threshold changes it.</numerusform>
            <numerusform>%n not inspected: no threshold changes them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PixelPanel</name>
    <message numerus="yes">
        <source>Judged again by this rule: %Ln record(s).</source>
        <translation>
            <numerusform>Judged again by this rule: %Ln record.</numerusform>
            <numerusform>Judged again by this rule: %Ln records.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s) keep their stored score, because their maps were not kept.</source>
        <translation>
            <numerusform>%Ln record keeps its stored score, because its maps were not kept.</numerusform>
            <numerusform>%Ln records keep their stored score, because their maps were not kept.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s) keep their stored score, because nothing of them would be inspected.</source>
        <translation>
            <numerusform>%Ln record keeps its stored score, because nothing of it would be inspected.</numerusform>
            <numerusform>%Ln records keep their stored score, because nothing of them would be inspected.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PutInForce</name>
    <message numerus="yes">
        <source>Counted on all %Ln record(s), not only on those that are chosen now.</source>
        <translation>
            <numerusform>Counted on the only record, not only on those that are chosen now.</numerusform>
            <numerusform>Counted on all %Ln records, not only on those that are chosen now.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s) keep their stored score, because they could not be judged again.</source>
        <translation>
            <numerusform>%Ln record keeps its stored score, because it could not be judged again.</numerusform>
            <numerusform>%Ln records keep their stored score, because they could not be judged again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RecordsWorkspace</name>
    <message numerus="yes">
        <source>%Ln record(s)</source>
        <translation>
            <numerusform>%Ln record</numerusform>
            <numerusform>%Ln records</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RestoreSheet</name>
    <message numerus="yes">
        <source>%Ln record(s), {kept}, made {when}</source>
        <translation>
            <numerusform>%Ln record, {kept}, made {when}</numerusform>
            <numerusform>%Ln records, {kept}, made {when}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The store has %Ln record(s) now; it had {before}.</source>
        <translation>
            <numerusform>The store has %Ln record now; it had {before}.</numerusform>
            <numerusform>The store has %Ln records now; it had {before}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message numerus="yes">
        <source>%Ln old picture(s) mixed in, from records labelled good and these folders.</source>
        <translation>
            <numerusform>%Ln old picture mixed in, from records labelled good and these folders.</numerusform>
            <numerusform>%Ln old pictures mixed in, from records labelled good and these folders.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ShadowPage</name>
    <message numerus="yes">
        <source>{name} agrees on {agree} of %Ln tile(s) ({share})</source>
        <translation>
            <numerusform>{name} agrees on {agree} of %Ln tile ({share})</numerusform>
            <numerusform>{name} agrees on {agree} of %Ln tiles ({share})</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Judged: {n} of %Ln tile(s) that the line inspected meanwhile ({share}).</source>
        <translation>
            <numerusform>Judged: {n} of %Ln tile that the line inspected meanwhile ({share}).</numerusform>
            <numerusform>Judged: {n} of %Ln tiles that the line inspected meanwhile ({share}).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SimilarCard</name>
    <message numerus="yes">
        <source>%Ln tile(s) with alike false alarms</source>
        <translation>
            <numerusform>%Ln tile with alike false alarms</numerusform>
            <numerusform>%Ln tiles with alike false alarms</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SimilarSheet</name>
    <message numerus="yes">
        <source>%Ln alike region(s) on {tiles}</source>
        <translation>
            <numerusform>%Ln alike region on {tiles}</numerusform>
            <numerusform>%Ln alike regions on {tiles}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s)</source>
        <translation>
            <numerusform>%Ln tile</numerusform>
            <numerusform>%Ln tiles</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of these tiles are known defects: whatever clears the group may hide them.</source>
        <translation>
            <numerusform>%Ln of these tiles is a known defect: whatever clears the group may hide it.</numerusform>
            <numerusform>%Ln of these tiles are known defects: whatever clears the group may hide them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s) have other regions that would alarm by themselves; they are not ticked.</source>
        <translation>
            <numerusform>%Ln tile has other regions that would alarm by themselves; it is not ticked.</numerusform>
            <numerusform>%Ln tiles have other regions that would alarm by themselves; they are not ticked.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln known defect(s) look the same and may be lost</source>
        <translation>
            <numerusform>%Ln known defect looks the same and may be lost</numerusform>
            <numerusform>%Ln known defects look the same and may be lost</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Label %Ln tile(s): false alarm</source>
        <translation>
            <numerusform>Label %Ln tile: false alarm</numerusform>
            <numerusform>Label %Ln tiles: false alarm</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln tile(s) of the group are ticked.</source>
        <translation>
            <numerusform>The only tile of the group is ticked.</numerusform>
            <numerusform>All %Ln tiles of the group are ticked.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>, %n thread(s)</source>
        <translation>
            <numerusform>, %n thread</numerusform>
            <numerusform>, %n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Store: failing, %Ln record(s) wait</source>
        <translation>
            <numerusform>Store: failing, %Ln record waits</numerusform>
            <numerusform>Store: failing, %Ln records wait</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StepLines</name>
    <message numerus="yes">
        <source>Agrees on {agree} of %Ln tile(s)</source>
        <translation>
            <numerusform>Agrees on {agree} of %Ln tile</numerusform>
            <numerusform>Agrees on {agree} of %Ln tiles</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln in the registry</source>
        <translation>
            <numerusform>%Ln in the registry</numerusform>
            <numerusform>%Ln in the registry</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SuspectsPanel</name>
    <message numerus="yes">
        <source>Worth a look: the first {n} of %Ln tile(s). What stands out is tinted.</source>
        <translation>
            <numerusform>Worth a look: the first {n} of %Ln tile. What stands out is tinted.</numerusform>
            <numerusform>Worth a look: the first {n} of %Ln tiles. What stands out is tinted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The tile has %Ln picture(s); they stay or go together.</source>
        <translation>
            <numerusform>The tile has %Ln picture; they stay or go together.</numerusform>
            <numerusform>The tile has %Ln pictures; they stay or go together.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TargetBar</name>
    <message numerus="yes">
        <source>%Ln false reject(s)</source>
        <translation>
            <numerusform>%Ln false reject</numerusform>
            <numerusform>%Ln false rejects</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>From the %Ln good tile(s) held out when the model was trained.</source>
        <translation>
            <numerusform>From the %Ln good tile held out when the model was trained.</numerusform>
            <numerusform>From the %Ln good tiles held out when the model was trained.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TileCard</name>
    <message numerus="yes">
        <source>%n region(s)</source>
        <translation>
            <numerusform>%n region</numerusform>
            <numerusform>%n regions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TilesPage</name>
    <message numerus="yes">
        <source>%Ln tile(s) chosen in Review</source>
        <translation>
            <numerusform>%Ln tile chosen in Review</numerusform>
            <numerusform>%Ln tiles chosen in Review</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrainingPage</name>
    <message numerus="yes">
        <source>%Ln picture(s) to learn from, {held} held out</source>
        <translation>
            <numerusform>%Ln picture to learn from, {held} held out</numerusform>
            <numerusform>%Ln pictures to learn from, {held} held out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln old one(s) mixed in</source>
        <translation>
            <numerusform>%Ln old one mixed in</numerusform>
            <numerusform>%Ln old ones mixed in</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TuneWorkspace</name>
    <message numerus="yes">
        <source>The model in force has inspected no tile yet. %Ln record(s) are of other models, whose scores mean something else. Inspect some tiles; a few hundred make it worth while.</source>
        <translation>
            <numerusform>The model in force has inspected no tile yet. %Ln record is of another model, whose score means something else. Inspect some tiles; a few hundred make it worth while.</numerusform>
            <numerusform>The model in force has inspected no tile yet. %Ln records are of other models, whose scores mean something else. Inspect some tiles; a few hundred make it worth while.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln record(s)</source>
        <translation>
            <numerusform>%Ln record</numerusform>
            <numerusform>%Ln records</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Counts</name>
    <message numerus="yes">
        <source>%Ln picture(s)</source>
        <translation>
            <numerusform>%Ln picture</numerusform>
            <numerusform>%Ln pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln tile(s)</source>
        <translation>
            <numerusform>%Ln tile</numerusform>
            <numerusform>%Ln tiles</numerusform>
        </translation>
    </message>
</context>
</TS>
