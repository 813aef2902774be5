namespace Tributary.Rounds.Commits;

/// <summary>
/// The version of the definitions that this process knows to count, through all its incarnations. Only rises. From any
/// thread.
/// </summary>
internal sealed class DefinitionsVersion
{
    private long value;

    public long Value => Volatile.Read(ref value);

    public void Raise(long version)
    {
        for (var known = Value; known < version;)
        {
            var before = Interlocked.CompareExchange(ref value, version, known);
            if (before == known)
                return;
            known = before;
        }
    }
}
