using System.Text;
using Tributary.Messages;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Intake;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>Makes messages as the door does, with what the indexed paths hold in them as far as a silo knows.</summary>
internal sealed class IndexingSilo
{
    private readonly ContributionCalculator calculator = new([]);
    private readonly MessageIntake door;

    public IndexingSilo(TestSilo silo)
    {
        Silo = silo;
        door = new MessageIntake(
            new NoGrains(), calculator, new MessageIds(() => 7), new FixedClock(), new IntakeOptions());
    }

    public TestSilo Silo { get; }

    /// <summary>The ids of the paths that it extracts.</summary>
    public IReadOnlyDictionary<string, int> Paths { get; private set; } = new Dictionary<string, int>();

    /// <summary>Names these paths, and extracts what is fed then.</summary>
    public async Task DeclareAsync(params string[] paths)
    {
        await Silo.Store.Generations.DeclareAsync(Silo.Id, [], paths, TestSilo.Cancellation);
        await LearnAsync();
    }

    /// <summary>Extracts the paths that are fed, by the version that counts.</summary>
    public async Task LearnAsync()
    {
        var stored = await Silo.Store.Generations.ReadAsync(TestSilo.Cancellation);
        Paths = stored.IndexedPaths.ToDictionary(static row => row.Pointer, static row => row.Id);
        calculator.Replace([], [.. stored.IndexedPaths.Select(IndexedPath.Of)], stored.Version);
        Silo.Definitions = stored.Version;
    }

    /// <param name="body">The body.</param>
    /// <param name="number">
    /// The message's item sequence, by which a test knows it again; also its item (modulo 5) and source (modulo 3).
    /// </param>
    public AppendedMessage Message(string body, int number)
    {
        var incoming = door.Prepare(
            new IntakeRequest { Source = $"source {number % 3}", Body = Encoding.UTF8.GetBytes(body) });
        return new AppendedMessage(
            incoming.Message with
            {
                Id = new MessageId(Guid.CreateVersion7()),
                Item = $"item {number % 5}",
            },
            number,
            []);
    }

    /// <summary>One round.</summary>
    public Task CommitAsync(IEnumerable<AppendedMessage> messages) => Silo.CommitAsync([.. messages]);

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => TestSilo.Noon;
    }

    private sealed class NoGrains : IRoundGrains
    {
        public TGrain GetGrain<TGrain>(string key)
            where TGrain : class, IGrainWithStringKey =>
            throw new InvalidOperationException("Messages are only prepared.");
    }
}
