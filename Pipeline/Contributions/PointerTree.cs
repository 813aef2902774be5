using System.Text;
using Tributary.Pipeline.Definitions;

namespace Tributary.Pipeline.Contributions;

/// <summary>
/// The wanted pointers as a tree: one pass over a body finds all their values. Each wanted value has a slot; the slots
/// below a node are neighbours.
/// </summary>
internal sealed class PointerNode(string step)
{
    private readonly List<PointerNode> children = [];

    public byte[] NameUtf8 { get; } = Encoding.UTF8.GetBytes(step);

    public string Name { get; } = step;

    /// <summary>The array index that the step may also mean, or -1.</summary>
    public int Index { get; } = JsonPointer.IndexOf(step);

    /// <summary>The slot of this node's value, or -1 when only values below the node are wanted.</summary>
    public int Slot { get; private set; } = -1;

    public int FirstSlot { get; private set; }

    public int EndSlot { get; private set; }

    public IReadOnlyList<PointerNode> Children => children;

    /// <summary>Makes the tree of these pointers, and a map from each pointer's text to its slot.</summary>
    public static (PointerNode Root, Dictionary<string, int> Slots) Build(IEnumerable<JsonPointer> pointers)
    {
        var root = new PointerNode("");
        var wanted = new Dictionary<string, PointerNode>();
        foreach (var pointer in pointers)
        {
            var node = root;
            foreach (var step in pointer.Steps)
                node = node.Child(step);
            wanted[pointer.Text] = node;
        }

        var targets = wanted.Values.ToHashSet();
        root.Number(0, targets);
        return (root, wanted.ToDictionary(pair => pair.Key, pair => pair.Value.Slot));
    }

    public PointerNode? Find(ReadOnlySpan<byte> name)
    {
        foreach (var child in children)
        {
            if (name.SequenceEqual(child.NameUtf8))
                return child;
        }

        return null;
    }

    public PointerNode? Find(string name)
    {
        foreach (var child in children)
        {
            if (child.Name == name)
                return child;
        }

        return null;
    }

    public PointerNode? Find(int index)
    {
        foreach (var child in children)
        {
            if (child.Index == index)
                return child;
        }

        return null;
    }

    private PointerNode Child(string step)
    {
        var child = Find(step);
        if (child is null)
            children.Add(child = new PointerNode(step));
        return child;
    }

    private int Number(int next, HashSet<PointerNode> targets)
    {
        FirstSlot = next;
        if (targets.Contains(this))
            Slot = next++;
        foreach (var child in children)
            next = child.Number(next, targets);
        EndSlot = next;
        return next;
    }
}
