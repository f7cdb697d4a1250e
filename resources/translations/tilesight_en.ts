<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Alerts</name>
    <message numerus="yes">
        <source>%n record(s) could not be stored.</source>
        <translation>
            <numerusform>%n record could not be stored.</numerusform>
            <numerusform>%n records could not be stored.</numerusform>
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
    <name>StatusBar</name>
    <message numerus="yes">
        <source>, %n thread(s)</source>
        <translation>
            <numerusform>, %n thread</numerusform>
            <numerusform>, %n threads</numerusform>
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
</TS>
