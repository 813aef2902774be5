using System.Text.Json;
using Tributary.Storage.Messages;

namespace Tributary.Storage.Queries;

/// <summary>
/// A condition on bodies, prepared once for many rows. No comparison holds for a missing value, not even
/// <c>NotEqual</c>; <see cref="BodyCondition.Not"/> of <c>Equal</c> holds for it.
/// </summary>
public abstract class BodyMatcher
{
    public abstract bool Matches(ReadOnlySpan<byte> body);

    /// <exception cref="TributaryException"><c>pointer_invalid</c>.</exception>
    /// <exception cref="ArgumentException">The operand does not fit the comparison.</exception>
    public static BodyMatcher Of(BodyCondition condition) => condition switch
    {
        BodyCondition.Compare compare => new Comparing(compare),
        BodyCondition.And and => new AllOf(and.All.Select(Of).ToArray()),
        BodyCondition.Or or => new AnyOf(or.Any.Select(Of).ToArray()),
        BodyCondition.Not not => new NoneOf(Of(not.Inner)),
        _ => throw new ArgumentException($"{condition.GetType()} is no condition on a body.", nameof(condition)),
    };

    private sealed class Comparing : BodyMatcher
    {
        private readonly BodyPointer pointer;
        private readonly Comparison comparison;
        private readonly JsonElement operand;

        public Comparing(BodyCondition.Compare compare)
        {
            pointer = new BodyPointer(compare.Pointer);
            comparison = compare.Comparison;
            operand = compare.Operand;
            if (comparison == Comparison.In && operand.ValueKind != JsonValueKind.Array)
                throw new ArgumentException(
                    $"The operand of {comparison} is of kind {operand.ValueKind}; allowed is an array.",
                    nameof(compare));
            if (comparison != Comparison.Exists && operand.ValueKind == JsonValueKind.Undefined)
                throw new ArgumentException($"{comparison} takes an operand.", nameof(compare));
        }

        public override bool Matches(ReadOnlySpan<byte> body)
        {
            if (!pointer.TryFind(body, out var value))
                return false;
            if (comparison == Comparison.Exists)
                return true;

            var other = JsonValue.Of(operand);
            return comparison switch
            {
                Comparison.Equal => value.IsEqualTo(other),
                Comparison.NotEqual => !value.IsEqualTo(other),
                // Here the operand is the array, and the value is searched in it.
                Comparison.In => other.Contains(value),
                Comparison.Greater => value.CompareTo(other) > 0,
                Comparison.GreaterOrEqual => value.CompareTo(other) >= 0,
                Comparison.Less => value.CompareTo(other) < 0,
                Comparison.LessOrEqual => value.CompareTo(other) <= 0,
                _ => value.Contains(other),
            };
        }
    }

    private sealed class AllOf(BodyMatcher[] all) : BodyMatcher
    {
        public override bool Matches(ReadOnlySpan<byte> body)
        {
            foreach (var one in all)
            {
                if (!one.Matches(body))
                    return false;
            }

            return true;
        }
    }

    private sealed class AnyOf(BodyMatcher[] any) : BodyMatcher
    {
        public override bool Matches(ReadOnlySpan<byte> body)
        {
            foreach (var one in any)
            {
                if (one.Matches(body))
                    return true;
            }

            return false;
        }
    }

    private sealed class NoneOf(BodyMatcher inner) : BodyMatcher
    {
        public override bool Matches(ReadOnlySpan<byte> body) => !inner.Matches(body);
    }
}
