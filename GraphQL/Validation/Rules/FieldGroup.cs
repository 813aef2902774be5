using System.Runtime.CompilerServices;
using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>A field and its place. Type and definition are null when the document names something unknown.</summary>
internal readonly record struct FieldUse(Field Node, NamedType? Parent, FieldDef? Definition);

/// <summary>The checks still to be done for a group of selection sets.</summary>
internal enum GroupCheck { Both, Shape, Parents }

/// <summary>Selection sets that a response merges, and the check that they need.</summary>
internal sealed class FieldGroup(GroupCheck check, List<(SelectionSet Set, NamedType? Parent)> sets)
{
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    public GroupCheck Check { get; } = check;

    public List<(SelectionSet Set, NamedType? Parent)> Sets { get; } = sets;

    /// <summary>
    /// 128 bits that do not depend on the order of the sets. The seed is random per process, so that nobody
    /// can prepare documents that collide.
    /// </summary>
    public (ulong, ulong) Fingerprint
    {
        get
        {
            ulong a = 0, b = 0;
            foreach (var (set, _) in Sets)
            {
                var identity = ((ulong)(uint)RuntimeHelpers.GetHashCode(set) << 32) | (uint)set.Start;
                a += Mix(identity ^ Seed);
                b += Mix(identity + (Seed * 0x9E3779B97F4A7C15));
            }
            return (a, b);
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
