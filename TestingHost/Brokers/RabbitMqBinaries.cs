namespace Tributary.TestingHost.Brokers;

/// <summary>Where RabbitMQ's programs are. Not those in the search path: as root these change the user first.</summary>
internal static class RabbitMqBinaries
{
    private static readonly string[] Folders =
    [
        "/usr/lib/rabbitmq/bin",
        "/opt/rabbitmq/sbin",
        "/usr/local/sbin",
        "/opt/homebrew/sbin",
    ];

    public static string Find(string program) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            $"RabbitMQ is not installed: there is no {program} in {string.Join(", ", Folders)} (Debian: apt-get "
            + "install rabbitmq-server).");
}
