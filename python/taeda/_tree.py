"""Nested tuples, lists and dicts of values."""

__all__ = ["flatten", "map_tree", "rebuild"]


def flatten(tree):
    """The leaves of a tree, and what rebuild makes the tree of again."""
    if isinstance(tree, dict):
        keys = list(tree)
        inner = [flatten(tree[k]) for k in keys]
        leaves = [x for part, _ in inner for x in part]
        return leaves, (type(tree), keys, [(len(part), spec) for part, spec in inner])
    if isinstance(tree, (tuple, list)):
        inner = [flatten(x) for x in tree]
        leaves = [x for part, _ in inner for x in part]
        return leaves, (type(tree), None, [(len(part), spec) for part, spec in inner])
    return [tree], None


def rebuild(leaves, spec):
    """The tree with these leaves."""
    if spec is None:
        (leaf,) = leaves
        return leaf
    kind, keys, inner = spec
    parts, at = [], 0
    for count, child in inner:
        parts.append(rebuild(leaves[at : at + count], child))
        at += count
    if keys is not None:
        return kind(zip(keys, parts, strict=True))
    return kind(*parts) if hasattr(kind, "_fields") else kind(parts)


def map_tree(f, tree):
    """The tree with f applied to its leaves."""
    leaves, spec = flatten(tree)
    return rebuild([f(x) for x in leaves], spec)
