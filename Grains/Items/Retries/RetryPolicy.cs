using System.IO.Enumeration;
using Tributary.Connectors;
using Tributary.Messages;

namespace Tributary.Grains.Items.Retries;

/// <summary>The rules for failures. The first rule that fits decides; a failure that fits none is parked.</summary>
public sealed record RetryPolicy(IReadOnlyList<RetryRule> Rules)
{
    /// <summary>
    /// For a week these are tried again: content or metadata that is missing, or whose store does not answer; a
    /// plugin's failure when the plugin says that trying again may help; a kept delivery whose refusal can be cured.
    /// All other failures are parked.
    /// </summary>
    public static RetryPolicy Default { get; } = new(
    [
        new RetryRule
        {
            Step = ProcessingStep.Accept, Faults = [ConnectorFault.Unavailable],
                Then = new Continuation.Retry { First = TimeSpan.FromSeconds(5) },
            },
            new RetryRule
            {
                Step = ProcessingStep.Query,
                Faults = [ConnectorFault.Missing, ConnectorFault.Unavailable],
                Then = new Continuation.Retry(),
            },
            new RetryRule
            {
                Step = ProcessingStep.Execute,
                Faults = [ConnectorFault.Unavailable],
                Then = new Continuation.Retry(),
            },
        ]);

    /// <param name="plugin">Empty for the message as a whole.</param>
    public Continuation After(ProcessingFailure failure, string plugin)
    {
        foreach (var rule in Rules)
        {
            if (rule.Fits(failure, plugin))
                return rule.Then;
        }

        return Continuation.Parked;
    }
}

/// <summary>Conditions, which must all hold, and a continuation. A null condition always holds.</summary>
public sealed record RetryRule
{
    public ProcessingStep? Step { get; init; }

    /// <summary>The plugin's name, or a pattern with <c>*</c>.</summary>
    public string? Plugin { get; init; }

    /// <summary>The error's code, or a pattern with <c>*</c>: <c>http_*</c>.</summary>
    public string? Code { get; init; }

    public IReadOnlyList<ConnectorFault>? Faults { get; init; }

    public required Continuation Then { get; init; }

    public bool Fits(ProcessingFailure failure, string plugin) =>
        (Step is null || Step == failure.Step)
        && (Faults is null || Faults.Contains(failure.Fault))
        && (Plugin is null || FileSystemName.MatchesSimpleExpression(Plugin, plugin, ignoreCase: false))
        && (Code is null || FileSystemName.MatchesSimpleExpression(Code, failure.Code, ignoreCase: false));
}

/// <summary>What follows a failure.</summary>
public abstract record Continuation
{
    public static Continuation Parked { get; } = new Park();

    /// <summary>Try again, later and later.</summary>
    public sealed record Retry : Continuation
    {
        /// <summary>The wait before the second attempt.</summary>
        public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

        /// <summary>By how much each wait is longer than the one before.</summary>
        public double Factor { get; init; } = 2;

        /// <summary>The longest wait.</summary>
        public TimeSpan Ceiling { get; init; } = TimeSpan.FromMinutes(10);

        /// <summary>The share of a wait, from 0 to 1, by which chance may shorten it.</summary>
        public double Jitter { get; init; } = 0.2;

        /// <summary>The time from the first failure to the last attempt; when that fails, the part is parked.</summary>
        public TimeSpan GiveUp { get; init; } = TimeSpan.FromDays(7);

        /// <summary>When to try again, or null to give up.</summary>
        /// <param name="failures">How often the part failed since <paramref name="since"/>, from 1.</param>
        /// <param name="chance">From 0 to 1.</param>
        public DateTimeOffset? Next(int failures, DateTimeOffset since, DateTimeOffset now, double chance)
        {
            var end = since + GiveUp;
            if (now >= end)
                return null;
            var wait = new Backoff(First, Ceiling) { Factor = Factor, Jitter = Jitter }.After(failures, chance);
            var next = now.AddMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
            return next < end ? next : end;
        }
    }

    /// <summary>Give up: kept, visible, tried again on demand.</summary>
    public sealed record Park : Continuation;

    /// <summary>No further attempt: the part is kept as skipped.</summary>
    public sealed record Skip : Continuation;
}
