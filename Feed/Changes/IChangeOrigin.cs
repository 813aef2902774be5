namespace Tributary.Feed.Changes;

/// <summary>Tells of changes: those of one silo's rounds, or those of all silos that a node hears of.</summary>
public interface IChangeOrigin
{
    /// <summary>Called for each change of the key; see <see cref="ChangeWatch.Watch"/>.</summary>
    /// <param name="doubted">Called when changes may have been missed. Must return at once and throw nothing.</param>
    IDisposable Watch(WatchedKey key, Action<string> changed, Action doubted);

    /// <summary>Called when messages were stored or failures were raised, or may have been.</summary>
    /// <param name="told">Must return at once and throw nothing.</param>
    IDisposable WatchRounds(Action<RoundNews> told);
}
