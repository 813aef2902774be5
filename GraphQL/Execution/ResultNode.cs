using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>
/// An object or list of a response under construction: one array of slots, without names. A slot holds null, a JSON
/// value or another node. The parents give an error its path, and a null its way up.
/// </summary>
internal abstract class ResultNode(ResultNode? parent, int index, object?[] slots)
{
    public ResultNode? Parent { get; } = parent;

    public int Index { get; } = index;

    public object?[] Slots { get; } = slots;

    /// <summary>True when a null has replaced this node: the response does not contain it.</summary>
    public bool IsDead { get; set; }

    public abstract bool IsNonNull(int slot);

    public abstract object KeyOf(int slot);

    /// <summary>True when this node or one around it was replaced by null.</summary>
    public bool IsDetached
    {
        get
        {
            for (var node = this; node is not null; node = node.Parent)
                if (node.IsDead) return true;
            return false;
        }
    }

    /// <summary>Response keys and indices from the root.</summary>
    public IReadOnlyList<object> PathTo(int slot)
    {
        var path = new List<object> { KeyOf(slot) };
        for (var node = this; node.Parent is not null; node = node.Parent) path.Add(node.Parent.KeyOf(node.Index));
        path.Reverse();
        return path;
    }
}

internal sealed class ObjectNode(ResultNode? parent, int index, SelectionPlan plan)
    : ResultNode(parent, index, plan.Fields.Length == 0 ? [] : new object?[plan.Fields.Length])
{
    public SelectionPlan Plan { get; } = plan;

    public override bool IsNonNull(int slot) => Plan.Fields[slot].IsNonNull;

    public override object KeyOf(int slot) => Plan.Fields[slot].Key;
}

internal sealed class ListNode(ResultNode parent, int index, GraphQLType itemType, int count)
    : ResultNode(parent, index, count == 0 ? [] : new object?[count])
{
    public override bool IsNonNull(int slot) => itemType.IsNonNull;

    public override object KeyOf(int slot) => slot;
}
