package tree

import "context"

// sized is what an Objects may do besides: tell the length of many blobs without reading them.
type sized interface {
	Sizes(ctx context.Context, ids []ID) (map[ID]int64, error)
}

// Sizes returns the lengths of blobs of this tree.
func (t *Tree) Sizes(ctx context.Context, ids []ID) (map[ID]int64, error) {
	out := make(map[ID]int64, len(ids))
	var ask []ID
	for _, id := range ids {
		if data, ok := t.fresh.written(id); ok {
			out[id] = int64(len(data))
		} else if _, twice := out[id]; !twice {
			out[id] = -1
			ask = append(ask, id)
		}
	}
	if len(ask) == 0 {
		return out, nil
	}
	if src, ok := t.src.(sized); ok {
		sizes, err := src.Sizes(ctx, ask)
		for id, n := range sizes {
			out[id] = n
		}
		return out, err
	}
	for _, id := range ask {
		data, err := t.src.Blob(ctx, id)
		if err != nil {
			return nil, err
		}
		out[id] = int64(len(data))
	}
	return out, nil
}
