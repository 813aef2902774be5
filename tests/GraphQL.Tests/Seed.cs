namespace Tributary.GraphQL.Tests;

/// <summary>
/// The seed of generated tests: one for the whole run, drawn anew by each run and printed by it. TRIBUTARY_SEED
/// repeats a run.
/// </summary>
internal static class Seed
{
    /// <summary>The seed of this run.</summary>
    public static int OfRun { get; } = Draw();

    private static int Draw()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TRIBUTARY_SEED"), out var given) ? given
            : Random.Shared.Next();
        Console.WriteLine($"TRIBUTARY_SEED={seed}");
        return seed;
    }
}
