using Tributary.Connectors.Scratch;

namespace Tributary.Connectors.Tests.Scratch;

public sealed class ScratchBudgetTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("tributary-budget-").FullName;
    private long free = 1_000;

    [Fact]
    public void A_file_has_room_for_all_of_its_length_or_is_not_made()
    {
        using var scratch = Open(maxBytes: 1_000);
        using var first = scratch.Create(600);
        AssertFault(ConnectorFault.Unavailable, "scratch_full", () => scratch.Create(401));
        using var second = scratch.Create(400);
        AssertFault(ConnectorFault.Unavailable, "scratch_full", () => scratch.Create(1));
        first.Dispose();
        using var third = scratch.Create(600);
    }

    [Fact]
    public void What_can_never_fit_is_told_apart_from_what_does_not_fit_now()
    {
        using var scratch = Open(maxBytes: 1_000);
        AssertFault(ConnectorFault.Refused, "scratch_too_small", () => scratch.Create(1_001));
        // The file system is smaller than the limit.
        var budget = NewBudget(maxBytes: 10_000, reserveBytes: 500);
        AssertFault(ConnectorFault.Refused, "scratch_too_small", () => budget.Give(new ScratchLease(), 1_501, 1_501));
        AssertFault(ConnectorFault.Unavailable, "scratch_full", () => budget.Give(new ScratchLease(), 1_500, 1_500));
    }

    [Fact]
    public void The_reserve_stays_free_also_of_what_is_not_written_yet()
    {
        var budget = NewBudget(maxBytes: 10_000, reserveBytes: 400);
        var first = new ScratchLease();
        budget.Give(first, 500, 500);
        AssertFault(ConnectorFault.Unavailable, "scratch_full", () => budget.Give(new ScratchLease(), 101, 101));
        // What is written has left the free bytes, and counts once.
        budget.Wrote(first, 500);
        free -= 500;
        var second = new ScratchLease();
        budget.Give(second, 100, 100);
        budget.TakeBack(second);
        budget.TakeBack(second);
        Assert.Equal(500, budget.GivenBytes);
        budget.TakeBack(first);
        free += 500;
        Assert.Equal(0, budget.GivenBytes);
        budget.Give(second, 600, 600);
    }

    [Fact]
    public void A_file_of_unknown_length_grows_while_there_is_room_and_gives_all_back()
    {
        using var scratch = Open(maxBytes: 3 << 20);
        var file = scratch.Create();
        using (var writer = file.Writer)
        {
            for (var i = 0; i < 3; i++)
                writer.Write(new byte[1 << 20]);
            AssertFault(ConnectorFault.Refused, "scratch_too_small", () => writer.Write(new byte[1]));
        }

        AssertFault(ConnectorFault.Unavailable, "scratch_full", () => scratch.Create(1));
        file.Dispose();
        using var next = scratch.Create(3 << 20);
    }

    [Fact]
    public void Room_that_others_reserve_counts_as_well()
    {
        using var scratch = Open(maxBytes: 1_000);
        using (scratch.Reserve(900))
            AssertFault(ConnectorFault.Unavailable, "scratch_full", () => scratch.Create(101));
        using var file = scratch.Create(1_000);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static void AssertFault(ConnectorFault fault, string code, Action action)
    {
        var error = Assert.Throws<ConnectorException>(action);
        Assert.Equal((fault, code), (error.Fault, error.Code));
    }

    private ScratchFolder Open(long maxBytes) =>
        ScratchFolder.Open(root, "own", static _ => { }, new ScratchOptions { MaxBytes = maxBytes, ReserveBytes = 0 });

    private ScratchBudget NewBudget(long maxBytes, long reserveBytes) =>
        new(new ScratchOptions { MaxBytes = maxBytes, ReserveBytes = reserveBytes }, () => (free, 2_000));
}
