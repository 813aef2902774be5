using Tributary.Grains.Items.Retries;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <summary>What is left of a message after a result, as it is found out part by part.</summary>
/// <param name="isRaised">False when what fails now and stays parked is known to have failed.</param>
internal sealed class PartsLeft(ItemOptions options, DateTimeOffset now, bool isRaised)
{
    private readonly List<UnfinishedPart> parts = [];
    private readonly HashSet<UnfinishedPart> raised = new(ReferenceEqualityComparer.Instance);

    // One number for all parts of a result: those that failed together are tried again together.
    private readonly double chance = options.Chance();

    public IReadOnlyList<UnfinishedPart> Parts => parts;

    public void Keep(UnfinishedPart part) => parts.Add(part);

    public void Fail(UnfinishedPart part, ProcessingFailure failure)
    {
        var failed = part.After(failure, options.Retry.After(failure, part.Plugin), now, chance);
        parts.Add(failed);
        if (isRaised || failed.Status != MessageStatus.Parked)
            raised.Add(failed);
    }

    public IReadOnlyList<MessagePart> ToParts() => [.. parts.Select(part => part.ToPart(raised.Contains(part)))];
}
