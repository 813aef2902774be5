namespace Tributary.Storage.ExternalIds;

/// <summary>The external ids that the database remembers, so that a repeated message is found.</summary>
public interface IExternalIds
{
    /// <summary>
    /// Removes external ids of messages accepted before <paramref name="before"/>; returns how many, at most
    /// <paramref name="limit"/>.
    /// </summary>
    ValueTask<int> CutAsync(DateTimeOffset before, int limit, CancellationToken cancellation);
}
