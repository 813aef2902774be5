using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>Logs go to standard error, so that standard output holds what was asked for.</summary>
internal static class Logs
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Configure(ILoggingBuilder logging, SiloConfig config)
    {
        logging.SetMinimumLevel(config.LogLevel);
        // The framework's own steps are of interest when something is searched for.
        if (config.LogLevel > LogLevel.Debug)
        {
            logging.AddFilter("Microsoft", LogLevel.Warning);
            logging.AddFilter("Orleans", LogLevel.Warning);
            // Its first look at the threads compares with no look before, and warns of the time since the machine started.
            logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        }

        // A start that fails is reported once, by the program.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (config.IsJsonLog)
        {
            logging.AddJsonConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = TimeFormat;
            });
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = TimeFormat + " ";
                options.ColorBehavior = LoggerColorBehavior.Default;
            });
        }

        logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
