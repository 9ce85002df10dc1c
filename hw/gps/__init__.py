"""Where the car is and what time it is: satellite receivers over serial lines and through gpsd.

Reading order: `nmea_lines` (bytes to sentences), `nmea_reading` (a sentence to what it says), `utc_calendar`
(which day), `sky_view` (satellites), `epoch` (sentences of one instant to one Fix), `nmea_decoder`
(all of that in one `feed`), `gpsd_reports` (the same from gpsd's JSON), `baud_search`, then the two
sources with a port: `serial_receiver`, `gpsd_receiver`, and `recorded_receiver`; `receiver_thread` keeps one open,
`positioning` joins it with the track and the box's clock.
`simulated_receiver` drives a car along a curved road and speaks NMEA.

Nothing but the sources and the thread does I/O or reads a clock.
"""
