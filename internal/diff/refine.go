package diff

// apart is how many unchanged lines between two conflicts are too few to show them as two.
const apart = 3

// refine leaves of each conflict the lines in which its sides differ, and then joins conflicts so close that one is
// shorter to read (xdiff/xmerge.c, XDL_MERGE_ZEALOUS). What is left has no base of its own.
func (m *merger) refine(list []region) []region {
	var out []region
	for _, r := range list {
		if r.who != both || r.a0 == r.a1 || r.b0 == r.b1 {
			out = append(out, r)
			continue
		}
		a, b := sided{ids: m.a.ids[r.a0:r.a1]}, sided{ids: m.b.ids[r.b0:r.b1]}
		for _, c := range changes(a, b, m.lines, false) {
			out = append(out, region{a0: r.a0 + c.aFrom, a1: r.a0 + c.aTo, b0: r.b0 + c.bFrom, b1: r.b0 + c.bTo, who: both})
		}
	}
	joined := out[:0]
	for _, r := range out {
		if n := len(joined) - 1; n >= 0 && r.who == both && joined[n].who == both && r.a0-joined[n].a1 <= apart {
			joined[n].a1, joined[n].b1 = r.a1, r.b1
			continue
		}
		joined = append(joined, r)
	}
	return joined
}
