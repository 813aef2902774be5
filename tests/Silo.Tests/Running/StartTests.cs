using System.Text.Json;

namespace Tributary.Silo.Tests.Running;

public sealed class StartTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tributary-start-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_configuration_ends_with_code_2_and_every_error_on_standard_error()
    {
        var file = Path.Combine(folder.FullName, "wrong.yaml");
        await File.WriteAllTextAsync(file, "api:\n  colour: red\nlogging:\n  level: loud\n", Cancellation);
        var (code, errors, _) = await RunAsync("--config", file);
        Assert.Equal(2, code);
        Assert.Contains($"{file}:2: api.colour: found an unknown key", errors, StringComparison.Ordinal);
        Assert.Contains($"{file}:4: logging.level: found \"loud\"", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_machines_are_not_let_in_without_keys_and_the_message_says_what_to_do()
    {
        var (code, errors, _) = await RunAsync("--urls", "http://0.0.0.0:0");
        Assert.Equal(2, code);
        Assert.Contains("api.keys", errors, StringComparison.Ordinal);
        Assert.Contains("--insecure", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.FullName, "data")));
    }

    [Theory]
    [InlineData("--colour", "red")]
    [InlineData("--data", "a", "b")]
    [InlineData("--config")]
    public async Task A_wrong_option_ends_with_code_2(params string[] arguments)
    {
        var (code, errors, _) = await RunAsync(arguments);
        Assert.Equal(2, code);
        Assert.NotEqual("", errors);
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        var (code, _, output) = await RunAsync("--help");
        Assert.Equal(0, code);
        Assert.All(
            ["--config", "--urls", "--data", "--database", "--connection", "--insecure", "--demo", "--log-level"],
            option => Assert.Contains(option, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_is_refused_in_one_line_and_the_first_goes_on()
    {
        await using var first = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        var (code, errors, _) = await RunAsync("--urls", "http://127.0.0.1:0", "--data", first.DataDirectory);
        Assert.Equal(1, code);
        Assert.Contains("is in use by process", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(0, await first.StopAsync(Cancellation));
    }

    [Fact]
    public async Task An_address_in_use_is_an_error_and_the_database_is_left_in_order()
    {
        await using var first = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        var (code, errors, _) = await RunAsync(
            "--urls", first.Address.GetLeftPart(UriPartial.Authority), "--data", "other", "--log-level", "error");
        Assert.Equal(1, code);
        Assert.Contains(
            "address already in use", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        // Nothing was made for a server that cannot serve.
        Assert.False(Directory.Exists(Path.Combine(folder.FullName, "other")));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_an_error_without_the_password()
    {
        var (code, errors, output) = await RunAsync(
            "--database", "postgres", "--connection", "Host=127.0.0.1;Port=1;Username=u;Password=hunter2hunter2",
            "--log-level", "error");
        Assert.Equal(1, code);
        Assert.StartsWith("tributary: ", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "data"));
        var file = Path.Combine(folder.FullName, "data", "tributary.db");
        await File.WriteAllTextAsync(file, new string('x', 8_192), Cancellation);
        var (code, errors, _) = await RunAsync("--urls", "http://127.0.0.1:0", "--log-level", "error");
        Assert.Equal(1, code);
        Assert.Contains(file, Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_JSON_carry_their_time_and_the_number_of_their_event()
    {
        await using var server = await TributaryProcess.StartNewAsync(
            new() { ["TRIBUTARY__LOGGING__FORMAT"] = "json" }, [], Cancellation);
        Assert.Equal(0, await server.StopAsync(Cancellation));
        var lines = server.Errors.TrimEnd().Split('\n').Select(static line => JsonElement.Parse(line)).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", line.GetProperty("Timestamp").GetString()!));
        Assert.Contains(lines, static line => line.GetProperty("EventId").GetInt32() == 4056);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private Task<(int ExitCode, string Errors, string Output)> RunAsync(params string[] arguments) =>
        Executable.RunAsync(folder.FullName, arguments, environment: null, Cancellation);
}
