using Tributary.Pipeline.Reading;
using Tributary.Rounds.Held;

namespace Tributary.Api.FailedCalls;

/// <summary>Makes failed calls again, for REST and GraphQL.</summary>
internal sealed class FailedCallRetries(ApiNode node)
{
    /// <summary>The most calls that one command looks at; the next command goes on from there.</summary>
    public const int MaxCount = 1_000;

    /// <summary>Makes one call again.</summary>
    /// <exception cref="TributaryException">
    /// <c>failed_call_not_found</c>, <c>failed_call_incomplete</c>, <c>roles_apart</c>, <c>overloaded</c>.
    /// </exception>
    public async Task<AgainResult> RetryAsync(Guid id)
    {
        var result = await MakeAgain(id);
        return result.Outcome switch
        {
            AgainOutcome.NotFound => throw new TributaryException(
                "failed_call_not_found", $"There is no failed call {id}: it was made again, or never was."),
            AgainOutcome.Incomplete => throw new TributaryException(
                "failed_call_incomplete",
                $"The arguments of the failed call {id} could not be stored: it cannot be made again."),
            _ => result,
        };
    }

    /// <summary>Makes these calls again, in the order of their ids, which is the order in which they failed.</summary>
    public async Task<FailedCallsChange> RetryAsync(IReadOnlyList<Guid> ids, Guid? next = null)
    {
        var results = await Task.WhenAll(ids.Distinct().Order().Select(id => MakeAgain(id)));
        int CountOf(AgainOutcome outcome) => results.Count(result => result.Outcome == outcome);
        return new FailedCallsChange(
            results.Length, CountOf(AgainOutcome.Made), CountOf(AgainOutcome.Failed), CountOf(AgainOutcome.Held), next);
    }

    /// <summary>
    /// Makes the newest <see cref="MaxCount"/> calls again whose failures have an id below <paramref name="before"/>
    /// (null: all). A call that fails again gets a newer id, so a caller that goes on meets no call twice.
    /// </summary>
    public async Task<FailedCallsChange> RetryAllAsync(Guid? before, CancellationToken cancellation)
    {
        var rows = await node.Failures.ReadFailuresAsync(before, MaxCount + 1, cancellation);
        var next = rows.Count > MaxCount ? rows[MaxCount - 1].Id : (Guid?)null;
        return await RetryAsync([.. rows.Take(MaxCount).Select(row => row.Id)], next);
    }

    private Task<AgainResult> MakeAgain(Guid id) => (node.MakeAgain ?? throw StoredGrains.NeedsSilo())(id);
}

/// <param name="Next">The id to go on from; null at the end.</param>
internal sealed record FailedCallsChange(int LookedAt, int Made, int Failed, int Held, Guid? Next);
