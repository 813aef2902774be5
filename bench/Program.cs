using System.CommandLine;
using Tributary.Bench;
using Tributary.Bench.Benches;

var name = new Argument<string>("name") { Description = $"Which bench to run: {string.Join(", ", Catalogue.Names)}." };
name.AcceptOnlyFromAmong([.. Catalogue.Names]);
var store = new Option<string>("--store")
{
    Description = "Where rounds are kept.",
    DefaultValueFactory = _ => "sqlite",
};
store.AcceptOnlyFromAmong("sqlite", "postgres");
var postgres = new Option<string?>("--postgres")
{
    Description = "A connection string; without one a private server is started, and deleted afterwards.",
};
var seconds = new Option<int>("--seconds")
{
    Description = "How long the measured part of each run takes.",
    DefaultValueFactory = _ => 10,
};

var root = new RootCommand("Measures Tributary. Every figure stands beside a limit that was measured in the same run.")
{
    name,
    store,
    postgres,
    seconds,
};
root.SetAction(
    (parsed, cancellation) =>
        Catalogue.RunAsync(
            parsed.GetRequiredValue(name),
            new BenchOptions(
                parsed.GetRequiredValue(store),
                parsed.GetValue(postgres),
                TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds))),
            cancellation));
return await root.Parse(args).InvokeAsync();
