using System.Collections.Concurrent;
using Tributary.Messages;
using Tributary.Rounds;
using Tributary.Storage.Rounds;

namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>
/// Logs messages that failed, once their failure is durable: one line at once for each kind of failure, then one line
/// per ten seconds with the count of the lines that were left out. The failure feed holds every failure.
/// </summary>
internal sealed partial class FailureLog(TimeProvider time, ILogger<FailureLog> logger)
{
    /// <summary>Kinds of failure that are told apart; further kinds share their lines.</summary>
    private const int MaxKindsCount = 256;

    private const int MaxErrorChars = 500;
    private const int MaxIdChars = 100;

    private readonly ConcurrentDictionary<(MessageStatus Status, string Plugin, string Code), LimitedLog> kinds = new();
    private readonly LimitedLog rest = new(time);

    /// <summary>
    /// A round is durable. Called beside the engine's loop; costs a look at each message, and nothing more for messages
    /// that did not fail.
    /// </summary>
    public void Committed(RoundCommit round)
    {
        foreach (var appended in round.Messages)
            Tell(appended.Message.Id, appended.Message.Source, appended.Message.Item, appended.Parts);
        foreach (var row in round.Parts)
            Tell(row.Message.Id, row.Message.Source, row.Item, row.Parts);
        foreach (var failure in round.Failures)
        {
            LogOf((MessageStatus.Completed, failure.Target.Type, failure.Method))
                .Write(unsaid =>
                    LogCallFailed(
                        logger, failure.Method, Cut(failure.Target.ToString(), MaxIdChars),
                        Cut(failure.Error, MaxErrorChars), unsaid));
        }
    }

    private void Tell(MessageId message, string source, string item, IReadOnlyList<MessagePart> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is { IsRaised: true } part)
                Tell(message, source, item, part);
        }
    }

    private void Tell(MessageId message, string source, string item, MessagePart part)
    {
        var error = part.Error ?? "";
        var code = error.AsSpan(0, Math.Max(error.IndexOf(':'), 0)).ToString();
        var about = part.Plugin.Length == 0 ? "the message" : $"its part of {part.Plugin}";
        LogOf((part.Status, part.Plugin, code))
            .Write(unsaid =>
            {
                var (from, of, why) = (Cut(source, MaxIdChars), Cut(item, MaxIdChars), Cut(error, MaxErrorChars));
                if (part.NextAttempt is { } next)
                    LogRetrying(logger, message, from, of, about, next, why, unsaid);
                else
                    LogGivenUp(logger, message, from, of, about, part.Status, why, unsaid);
            });
    }

    private LimitedLog LogOf((MessageStatus, string, string) kind) =>
        kinds.TryGetValue(kind, out var known) ? known
        : kinds.Count < MaxKindsCount ? kinds.GetOrAdd(kind, _ => new LimitedLog(time))
        : rest;

    private static string Cut(string text, int maxChars) =>
        ErrorText.Cut(text.ReplaceLineEndings(" "), maxChars);
}
