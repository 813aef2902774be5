namespace Tributary.Rounds.Tests.Engine;

/// <summary>No grain type is registered for it.</summary>
public interface IUnknown : IGrainWithStringKey;

public interface IOverloads : IGrainWithStringKey
{
    ValueTask Do();

    ValueTask Do(int count);
}

public interface IEnumerates : IGrainWithStringKey
{
    IAsyncEnumerable<int> Do();
}

public interface IReturnsNothing : IGrainWithStringKey
{
    void Do();
}

public interface IGenericMethod : IGrainWithStringKey
{
    ValueTask Do<T>(T value);
}

public interface IBadMerge : IGrainWithStringKey
{
    [MergeCalls]
    ValueTask Do(int count);
}

public interface ITwoMerges : IGrainWithStringKey
{
    [MergeCalls]
    ValueTask One(Portion portion);

    [MergeCalls]
    ValueTask Two(Portion portion);
}
