package historypage

import (
	"fmt"
	"strings"
)

// style is what both pictures share. Text is drawn in fonts that every machine has.
func style(used []look, l layout, root string) string {
	var b strings.Builder
	vars := func(dark bool) {
		if dark {
			b.WriteString("--paper:#15171b;--ink:#e8e6e1;--quiet:#9a9da5;--line:#2b2f36;--bad:#ff8a7d;--part:#8fa8c4;")
		} else {
			b.WriteString("--paper:#fdfcfa;--ink:#22242a;--quiet:#6d6f76;--line:#e7e4dd;--bad:#a8281c;--part:#54708f;")
		}
		for _, u := range used {
			i := u.light
			if dark {
				i = u.dark
			}
			fmt.Fprintf(&b, "--%[1]s:%[2]s;--%[1]s-l:%[3]s;--%[1]s-t:%[4]s;", u.verdict, i.cell, i.line, i.text)
		}
	}
	b.WriteString("\n:root{color-scheme:light dark;")
	vars(false)
	b.WriteString("}\n@media (prefers-color-scheme:dark){:root{")
	vars(true)
	b.WriteString("}}\n")
	fmt.Fprintf(&b, "%s text{font:%gpx system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica "+
		"Neue\",Arial,sans-serif;fill:var(--ink)}\n", root, l.text)
	fmt.Fprintf(&b, ".paper{fill:var(--paper)}\n.months path{stroke:var(--line);fill:none}\n"+
		".months text,.rug text,text.key{font-size:%gpx;fill:var(--quiet)}\n.months .year{font-weight:600}\n", l.small)
	b.WriteString(".rug path{stroke:var(--quiet);stroke-width:.8;fill:none;opacity:.75}\n.name{font-weight:500}\n" +
		".now{fill:var(--quiet)}\n.bad{fill:var(--bad);font-weight:600}\n")
	b.WriteString(".risk .rail{fill:var(--line)}\n.risk .part{fill:var(--part)}\n" +
		".risk text{fill:var(--quiet);font-variant-numeric:tabular-nums}\n")
	fmt.Fprintf(&b, ".cell text{font-size:%gpx;font-weight:600}\n.over{pointer-events:none}\n.p path{stroke-width:1.1}\n",
		l.small)
	for _, u := range used {
		fmt.Fprintf(&b, ".cell.%s .fill{fill:var(--%[1]s)}.cell.%[1]s text{fill:var(--%[1]s-t)}.p.%[1]s "+
			"path{stroke:var(--%[1]s-l)}.p.%[1]s circle{fill:var(--%[1]s-l)}\n", u.verdict)
	}
	return b.String()
}

// pageStyle is the page around the picture.
const pageStyle = `
body{margin:0 auto;padding:2.2rem 1.6rem 4rem;max-width:1240px;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:1.55rem;font-weight:650;letter-spacing:-.01em;margin:0}
h2{font-size:1.05rem;margin:2.4rem 0 .6rem}
header p{color:var(--quiet);margin:.25rem 0 1.4rem}
.today{display:none}
figure{margin:0;overflow-x:auto;direction:rtl}
figure>svg{direction:ltr;display:block;width:100%;min-width:900px;height:auto}
svg a .cell{transition:opacity .12s}
svg a:hover .cell{opacity:.78}
svg a:focus-visible{outline:2px solid var(--ink);outline-offset:1px}
.legend{display:flex;flex-wrap:wrap;gap:.4rem 1.6rem;list-style:none;margin:.6rem 0 0;padding:0;font-size:.86rem;color:var(--quiet)}
.legend li{display:flex;align-items:center;gap:.5rem}
.legend b{color:var(--ink);font-weight:600}
.legend text{font:600 11px system-ui,sans-serif}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{text-align:left;vertical-align:top;padding:.32rem .9rem .32rem 0}
thead th{color:var(--quiet);font-weight:500;border-bottom:1px solid var(--line)}
tbody{border-bottom:1px solid var(--line)}
tbody th{font-weight:600;padding-top:.9rem}
tbody th span{font-weight:400;color:var(--quiet);margin-left:.5rem}
tbody tr:last-child td{padding-bottom:.9rem}
td{white-space:nowrap}
td:last-child{white-space:normal;min-width:18rem;width:60%}
.n{text-align:right;font-variant-numeric:tabular-nums}
small{display:block;font-weight:400;color:var(--quiet);white-space:normal}
strong{color:var(--bad)}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--quiet)}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:3px}
a:hover{text-decoration-color:currentColor}
.method{max-width:46rem;color:var(--quiet)}
@media (max-width:720px){.today{display:block;list-style:none;margin:0 0 1rem;padding:0}.today li{display:grid;grid-template-columns:5rem 1fr auto;gap:.6rem;padding:.15rem 0}.today i{font-style:normal;color:var(--quiet)}thead{display:none}table,tbody,tr,th,td{display:block}tbody th span{display:block;margin:0}tr{display:grid;grid-template-columns:4.5rem 1fr 1fr 3.2rem;column-gap:.5rem}tr>th,td:last-child{grid-column:1/-1}td{white-space:normal;padding-right:0}td:last-child{width:auto;min-width:0;padding-top:0}td:empty{display:none}}
@media print{body{padding:0}figure>svg{min-width:0}}
`
