using Tributary.Messages;

namespace Tributary.Storage.Queries;

/// <summary>Which statuses of parts an index leads to: all but <see cref="MessageStatus.Processing"/>.</summary>
internal static class StatusSet
{
    /// <summary>
    /// The statuses to look up, or null when the set holds <see cref="MessageStatus.Processing"/> or is open, and all
    /// of <c>pending</c> is gone through. No part is completed.
    /// </summary>
    public static IReadOnlyList<MessageStatus>? Indexed(IReadOnlySet<MessageStatus>? statuses) =>
        statuses is null || statuses.Contains(MessageStatus.Processing)
            ? null
            :
            [
                .. statuses
                    .Where(status => status is MessageStatus.Retrying or MessageStatus.Parked or MessageStatus.Skipped)
                    .Order(),
            ];
}
